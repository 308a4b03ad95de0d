"""Rules: a promise, and the pure function that judges whether one resource keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource
from scanner.model.verdict import Severity, Verdict

Judge = Callable[[Any, Any], Verdict]


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule of the catalogue.

    `reads` names the facts it may read; from them follow the kinds it applies to, the calls, the permissions and
    its documentation. `enforces` names the clauses of the policy that it establishes.
    """

    id: str
    name: str
    promise: str
    explanation: str
    fix: str
    severity: Severity
    reads: tuple[Fact[Any], ...]
    enforces: tuple[str, ...]
    judge: Judge
    question: str = ""
    file: str = ""
    aliases: tuple[str, ...] = field(default=())

    @cached_property
    def facts(self) -> frozenset[Fact[Any]]:
        """The facts it reads, those of an abstract kind spread over every concrete one."""
        return frozenset(_spread(self.reads))

    @cached_property
    def kinds(self) -> tuple[type[Resource], ...]:
        """The kinds it judges, in the order of their names."""
        return tuple(sorted({fact.owner for fact in self.facts}, key=lambda kind: kind.kind))


def _spread(facts: Iterable[Fact[Any]]) -> Iterable[Fact[Any]]:
    for fact in facts:
        if fact.owner.kind:
            yield fact
        else:
            yield from (kind.facts[fact.name] for kind in concrete(fact.owner))


def concrete(kind: type[Resource]) -> tuple[type[Resource], ...]:
    """Give the concrete kinds of an abstract one, in the order of their names."""
    found: dict[str, type[Resource]] = {}
    pending = [kind]
    while pending:
        one = pending.pop()
        if one.kind:
            found[one.kind] = one
        pending.extend(one.__subclasses__())
    return tuple(found[name] for name in sorted(found))


@dataclass(frozen=True)
class Catalogue:
    """All rules, by id."""

    rules: Mapping[str, Rule]

    def of_clause(self, clause: str) -> tuple[Rule, ...]:
        """Give the rules that enforce a clause."""
        return tuple(rule for rule in self.rules.values() if clause in rule.enforces)
