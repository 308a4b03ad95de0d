"""`make new-rule`: writes a rule and its example table, which fail the tests until they are filled in."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from reports.catalogue import QUESTIONS
from rules import catalogue

ROOT = Path(__file__).parents[1]
RULE = '''"""{id}."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.dynamodb import Table  # the kind that you judge


@rule("{id}", severity=Severity.MEDIUM, reads=[Table.pitr], enforces=[])
def {name}(table: Table, demand: Objective) -> Verdict:
    """{promise}.

    Why it matters, in one short paragraph.

    Fix: what to do.
    """
    return Verdict.when(table.pitr, "what was observed", "what is demanded")
'''
TABLE = """rule: {id}
examples:
  - {{says: kept, facts: {{}}, outcome: passed, because: ""}}
  - {{says: broken, facts: {{}}, outcome: failed, because: ""}}
"""


def main(question: str, name: str, rule_id: str) -> int:
    """Write the two files; the id is the next free one of the question unless given."""
    if question not in QUESTIONS or not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name):
        print(f"QUESTION is one of {', '.join(QUESTIONS)}; NAME is the promise in words: snapshots_are_frequent")
        return 2
    taken = catalogue().rules
    prefix = f"BK{list(QUESTIONS).index(question) + 1}"
    if not rule_id:
        numbers = [int(one[2:]) for one in taken if one.startswith(prefix)]
        rule_id = f"BK{max(numbers, default=int(prefix[2:]) * 100) + 1}"
    code, table = ROOT / "rules" / question / f"{name}.py", ROOT / "tests" / "rules" / f"{rule_id}.yaml"
    if rule_id in taken or code.exists():
        print(f"{rule_id} or {code.relative_to(ROOT)} exists")
        return 2
    promise = name.replace("_", " ").capitalize()
    code.parent.mkdir(exist_ok=True)
    (code.parent / "__init__.py").touch()
    code.write_text(RULE.format(id=rule_id, name=name, promise=promise), encoding="utf-8")
    table.write_text(TABLE.format(id=rule_id), encoding="utf-8")
    print(f"wrote {code.relative_to(ROOT)} and {table.relative_to(ROOT)}; now fill them in and run `make test`")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
