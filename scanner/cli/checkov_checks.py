"""Our rules as checks of checkov's, for those who run it anyway: a file it loads, which asks the rules themselves.

A check sees one block and nothing beside it: no configuration, no other block, no tags of a provider. So only those
rules are offered, and of those only the types, whose every fact stands in the block itself. What the block leaves open is unknown; checkov has no such result, so it is told on
standard error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from rules import catalogue
from scanner.documents.construct import load_policy
from scanner.engine import judge_all
from scanner.iac.block import Block, Code
from scanner.iac.form import At, Form, Joined
from scanner.iac.forms import TYPES, forms_of
from scanner.iac.read import read
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Policy
from scanner.model.reading import Source
from scanner.model.rule import Rule
from scanner.model.unresolved import Unresolved
from scanner.model.verdict import Outcome
from scanner.plan import Plan, plan

FILE = "backup_scan_checks.py"
_TERRAFORM = "aws_"
#: checkov's names for what a check is about.
_CATEGORIES = {"encryption": "ENCRYPTION", "network": "NETWORKING", "access": "IAM", "notice": "LOGGING"}
#: What checkov leaves as text where it does not know the value: an expression, or a reference.
_EXPRESSION = re.compile(
    r"\$\{|(?<![\w.])(?:var|local|module|data|each|count|self|path|terraform)\.[a-zA-Z_]"
    r"|^[a-z][a-z0-9]*_\w+\.[\w-]+(?:\[[^\]]*\])?\.[\w.\[\]\"*-]+$"
)
#: Which accounts may be shared with, and which systems there are, only a configuration says; a provider may add tags.
_NEED_MORE = frozenset({"BK101", "BK513"})
_TAGS = "tags"
_GRAVEST = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.PASSED, Outcome.EXEMPT)


@dataclass(frozen=True, slots=True)
class Offer:
    """One rule that checkov can ask, and the types of block it can ask it of."""

    rule: Rule
    types: tuple[str, ...]

    @property
    def category(self) -> str:
        """What the check is about, in checkov's words."""
        return _CATEGORIES.get(self.rule.question, "BACKUP_AND_RECOVERY")


def offers() -> Iterator[Offer]:
    """Give the rules that can be judged of one block alone, with the types of block."""
    forms = [form for type_ in sorted(TYPES) if type_.startswith(_TERRAFORM) for form in forms_of(type_)]
    for rule in catalogue().rules.values():
        if rule.id in _NEED_MORE or any(fact.name == _TAGS for fact in rule.facts):
            continue
        types = tuple(dict.fromkeys(form.type for form in forms if form.kind in rule.kinds and _alone(rule, form)))
        if types:
            yield Offer(rule, types)


def _alone(rule: Rule, form: Form) -> bool:
    """Say whether all that a rule reads of a kind stands in the block itself."""
    for fact in rule.facts:
        if fact.owner is not form.kind:
            continue
        origins = form.facts.get(fact.name)
        if origins is None:
            return False
        for one in origins if isinstance(origins, (list, tuple)) else (origins,):
            if isinstance(one, Joined) or (isinstance(one, At) and one.via is not None):
                return False
    return True


def verdict(rule: str, type: str, name: str, conf: Mapping[str, Any]) -> tuple[str, str]:  # noqa: A002  # the field's own word
    """Judge one block as checkov holds it: its outcome, and why; the gravest where it declares several resources."""
    address = f"{type}.{name}"
    block = Block(Source.TERRAFORM, type, address, ".", _values(conf))
    code = Code(".", Source.TERRAFORM, "hcl", [block])
    chosen, work, law = _bench(rule)
    at = datetime.now(UTC)
    found = judge_all([chosen], read(code, work, at=at), law, at=at)
    mine = [one for one in found.findings if one.subject.declaration is not None and not one.subject.gap]
    if not mine:
        return Outcome.EXEMPT.value, "the rule has nothing to say of it"
    gravest = min(mine, key=lambda one: _GRAVEST.index(one.outcome))
    return gravest.outcome.value, gravest.verdict.because


@cache
def _bench(rule: str) -> tuple[Rule, Plan, Policy]:
    chosen = catalogue().rules[rule]
    return chosen, plan([chosen]), load_policy(None)


def _values(conf: Mapping[str, Any]) -> dict[str, Any]:
    """Take checkov's wrapping off: every attribute is in a list of one, and so is every nested block."""
    return {name: _value(value) for name, value in conf.items() if not name.startswith("__")}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        if value and all(isinstance(one, dict) for one in value):
            return [_values(one) for one in value]
        return _plain(value[0]) if len(value) == 1 else _plain(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, str) and _EXPRESSION.search(value):
        return Unresolved(f"{value} has no value here")
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return _values(value)
    return value


def write_checks(directory: Path) -> Path:
    """Write the checks into a directory, as checkov's --external-checks-dir wants it; give the file."""
    from scanner.door.output import prepare, write_all  # noqa: PLC0415  # a check that judges writes nothing

    prepare(directory)
    file = directory / FILE
    write_all([(directory / "__init__.py", ""), (file, written())])
    return file


def written() -> str:
    """Give the file of checks."""
    rows = []
    for one in offers():
        types = ", ".join(f'"{name}"' for name in one.types)
        rows.append(f'    ("{one.rule.id}", {one.rule.promise!r}, CheckCategories.{one.category}, ({types},)),')
    return _TEMPLATE.replace("@ROWS@", "\n".join(rows))


_TEMPLATE = '''"""Rules of backup-scan as checks of checkov's: generated by `backup-scan checkov-checks`; do not edit.

Use: checkov -d DIR --external-checks-dir THIS_DIRECTORY

They ask backup-scan itself, so it must be importable where checkov runs; their dependencies exclude each other, so
install it there without its own (`pip install --no-deps backup-scan`). Without it every check is skipped, and says so.
A check sees one block as checkov renders it, and nothing beside it: `backup-scan --iac DIR` sees more.
"""

import sys

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

try:
    from scanner.cli.checkov_checks import verdict
except ImportError as error:
    verdict = None
    WHY = f"backup-scan cannot be imported here: {error}"
    print(f"backup-scan: none of its checks is made: {WHY}", file=sys.stderr)

RESULTS = {"passed": CheckResult.PASSED, "exempt": CheckResult.PASSED, "failed": CheckResult.FAILED}

RULES = (
@ROWS@
)


class RuleCheck(BaseResourceCheck):
    def __init__(self, rule, promise, category, types):
        super().__init__(name=promise, id=rule, categories=[category], supported_resources=types)

    def run(self, *args, **more):
        result = super().run(*args, **more)
        if result["result"] == CheckResult.SKIPPED:
            result.setdefault("suppress_comment", WHY if verdict is None else "")
        return result

    def scan_resource_conf(self, conf):
        if verdict is None:
            return CheckResult.SKIPPED
        name = self.entity_path.rpartition(self.entity_type)[2].lstrip(".:")
        outcome, because = verdict(self.id, self.entity_type, name, conf)
        if outcome == "failed":
            self.details.append(because)
        elif outcome == "unknown":
            # checkov leaves what is unknown out of its report, as if nothing had been asked.
            print(f"backup-scan: {self.id} on {self.entity_path} is unknown: {because}", file=sys.stderr)
        return RESULTS.get(outcome, CheckResult.UNKNOWN)


checks = [RuleCheck(*one) for one in RULES]
'''
