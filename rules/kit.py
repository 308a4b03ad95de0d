"""What a rule is written with: the `@rule` decorator, which makes a frozen `Rule` of a function and its docstring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scanner.model.fact import Fact
from scanner.model.rule import Rule
from scanner.model.verdict import Severity, Verdict


def rule(
    rule_id: str,
    *,
    severity: Severity,
    reads: Sequence[Fact[Any]],
    enforces: Sequence[str],
    aliases: Sequence[str] = (),
) -> Callable[[Callable[[Any, Any], Verdict]], Rule]:
    """Make a rule of a function `(resource, demand) -> Verdict`.

    The docstring's first line is the promise; the paragraphs after it say why; the one that begins with `Fix:` says
    what to do. `aliases` names the same control in AWS Backup Audit Manager or AWS Config.
    """

    def make(judge: Callable[[Any, Any], Verdict]) -> Rule:
        promise, explanation, fix = _read(judge.__doc__ or "")
        module = judge.__module__.split(".")
        return Rule(
            id=rule_id,
            name=judge.__name__,
            promise=promise,
            explanation=explanation,
            fix=fix,
            severity=severity,
            reads=tuple(reads),
            enforces=tuple(enforces),
            judge=judge,
            question=module[1] if len(module) > 2 else "",  # rules.<question>.<rule>
            file="/".join(module) + ".py",
            aliases=tuple(aliases),
        )

    return make


def _read(doc: str) -> tuple[str, str, str]:
    paragraphs = [" ".join(part.split()) for part in doc.strip().split("\n\n")]
    fix = next((part.removeprefix("Fix:").strip() for part in paragraphs if part.startswith("Fix:")), "")
    why = "\n\n".join(part for part in paragraphs[1:] if not part.startswith("Fix:"))
    return paragraphs[0] if paragraphs else "", why, fix
