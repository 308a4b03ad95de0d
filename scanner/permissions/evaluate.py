"""Evaluation: what a caller may do to resources, by all policies that have a say.

Source: IAM user guide, "Policy evaluation logic" and its pages on requests within an account and across accounts;
KMS developer guide, "Key policies". One evaluation serves a single question and a hundred thousand backups alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum

from scanner.model.arn import alike
from scanner.model.late_dataclass import dataclass
from scanner.permissions.context import Caller, Context, Mfa, context_of
from scanner.permissions.document import Document
from scanner.permissions.extents import Extent, Spans, difference, intersection, joined, together
from scanner.permissions.shelf import ACCOUNT, Shelf, Target
from scanner.permissions.statements import NOTHING, How, Paper, Sides
from scanner.permissions.truth import Doubt


class Access(Enum):
    """How resources of a kind mind policies of identities and their own."""

    #: either allows, within an account
    USUAL = "usual"
    #: the resource's own policy must let identity policies in: keys (KMS developer guide, "Key policies")
    KEY = "key"
    #: only the resource's own policy allows: whom a role trusts (user guide, "Role trust policies")
    TRUST = "trust"


@dataclass(frozen=True)
class Policies:
    """The policies that bear on a caller. A doubt stands for some that could not be read; none is None or empty.

    `controls` are the service control policies by level, from the root of the organisation down to the account: each
    level must allow. `resource_controls` likewise bound what may be done to the account's resources.
    """

    own: tuple[Document, ...] | Doubt = ()
    boundary: Document | Doubt | None = None
    controls: tuple[tuple[Document, ...], ...] | Doubt = ()
    resource_controls: tuple[tuple[Document, ...], ...] | Doubt = ()


#: The policies of resources, each with the places it is the policy of; a doubt is one that could not be read.
Held = Sequence[tuple[Document | Doubt, Spans]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be done: for certain, perhaps (and on what it depends), and of both the part that asks for MFA."""

    extent: Extent
    #: what may also be done without MFA
    without_mfa: Extent


_NOT = Answer(Extent(), Extent())


class Court:
    """Evaluates over one shelf; what documents say is worked out once, for each caller only where they ask who it is."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        held: Held = (),
        access: Access = Access.USUAL,
        papers: dict[int, Paper] | None = None,
        at: datetime | None = None,
        doubts: Mapping[str, Spans] | None = None,
    ) -> None:
        self.shelf = shelf
        #: where anything that is allowed is in doubt all the same, by the reason
        self._doubts = [Extent((), spans, (why,)) for why, spans in (doubts or {}).items()]
        self._givers: dict[str, list[tuple[Document | Doubt, Spans]]] = {}
        self._held = held
        self._access = access
        self._papers = {} if papers is None else papers
        self._at = at
        self._sides: dict[tuple[int, str, Mfa | None], Sides] = {}
        self._contexts: dict[tuple[Caller, Mfa | None], Context] = {}
        self._held_of_mfa = any(self._paper(one).of_mfa for one, _ in held if isinstance(one, Document))

    def judge(self, action: str, caller: Caller, policies: Policies) -> Answer:
        """Say how far a caller may do an action."""
        own = policies.own
        if not self.shelf.whole or not (
            isinstance(own, Doubt) or any(self.may_allow(one, action) for one in own) or self._giving(action)
        ):
            return _NOT
        used = self._decide(action, caller, policies, Mfa.USED)
        if not self._held_of_mfa and not any(paper.of_mfa for paper in self._of(policies)):
            return Answer(used, used)
        without = [self._decide(action, caller, policies, mfa) for mfa in (Mfa.NOT_USED, Mfa.LONG_TERM)]
        return Answer(used | without[0] | without[1], without[0] | without[1])

    def sides(self, document: Document, action: str, caller: Caller, mfa: Mfa | None = None) -> Sides:
        """Say what one document allows and denies."""
        paper = self._paper(document)
        supposed = mfa if paper.of_mfa else None
        key = (id(document), action, supposed)
        found = None if paper.personal else self._sides.get(key)
        if found is None:
            found = paper.sides(action, self.shelf, caller, self._context(caller, supposed))
            found = found if found.allows or found.denies else NOTHING
            if not paper.personal:
                self._sides[key] = found
        return found

    def may_allow(self, document: Document, action: str) -> bool:
        """Say whether a document may allow an action, to somebody, on something."""
        return self._paper(document).may_allow(action)

    def _giving(self, action: str) -> list[tuple[Document | Doubt, Spans]]:
        """Give the policies of resources that may allow an action by themselves."""
        found = self._givers.get(action)
        if found is None:
            found = self._givers[action] = [
                (one, spans) for one, spans in self._held if isinstance(one, Doubt) or self.may_allow(one, action)
            ]
        return found

    def _context(self, caller: Caller, mfa: Mfa | None) -> Context:
        known = self._contexts.get((caller, mfa))
        if known is None:
            known = self._contexts[caller, mfa] = context_of(caller, mfa=mfa, at=self._at)
        return known

    def _paper(self, document: Document) -> Paper:
        paper = self._papers.get(id(document))
        if paper is None:
            paper = self._papers[id(document)] = Paper(document)
        return paper

    def _of(self, policies: Policies) -> Iterable[Paper]:
        groups = [policies.own, (policies.boundary,), *_levels(policies.controls), *_levels(policies.resource_controls)]
        for group in groups:
            for one in () if isinstance(group, Doubt) else group:
                if isinstance(one, Document):
                    yield self._paper(one)

    def _decide(self, action: str, caller: Caller, policies: Policies, mfa: Mfa) -> Extent:
        whole = Extent(self.shelf.whole)
        own, denied = self._either(policies.own, action, caller, mfa)
        held, denied_here = self._of_resources(action, caller, mfa, own)
        if not own and not any(held.values()):
            return Extent()
        denied = denied | denied_here
        bound = whole
        if policies.boundary is not None:
            bound, more = self._either(_one(policies.boundary), action, caller, mfa)
            denied = denied | more
        ceiling = whole
        for levels in (policies.controls, policies.resource_controls):
            for level in _levels(levels):
                allowed, more = self._either(level, action, caller, mfa)
                ceiling, denied = ceiling & allowed, denied | more
        return (self._granted(own, held, bound, caller) & ceiling) - together((denied, *self._doubts))

    def _granted(self, own: Extent, held: dict[How, Extent], bound: Extent, caller: Caller) -> Extent:
        within = own & bound
        none = Extent()
        itself, role = held.get(How.ITSELF, none), held.get(How.ROLE, none)
        everyone, account = held.get(How.EVERYONE, none), held.get(How.ACCOUNT, none)
        if self._access is Access.TRUST:
            # A role that trusts an account leaves it to that account's own policies.
            return together((itself, role, everyone, account & own))
        # A boundary limits what a role is given by its name, but not what a user or a session is (user guide, "Permissions
        # boundaries for IAM entities"); it is silent about what everyone is given.
        given = together((itself, role & bound, everyone & bound, _doubted(everyone, bound)))
        here = given | (within & account if self._access is Access.KEY else within)
        abroad, perhaps = self._abroad(caller)
        if not abroad and not perhaps:
            return here
        # Across accounts both sides must allow (user guide, "Cross-account policy evaluation logic").
        both = together((itself, role, everyone, account)) & within
        sure = here.within(difference(self.shelf.whole, joined((*abroad, *perhaps)))) | both.within(abroad)
        if not perhaps:
            return sure
        why = f"whether it is of account {caller.account}, which the code does not settle"
        return sure | (here & both).within(perhaps) | (here | both).within(perhaps).doubted(why)

    def _abroad(self, caller: Caller) -> tuple[Spans, Spans]:
        """Find the resources of other accounts than the caller's, and of those that may be another.

        One whose account is not known is taken as its own.
        """
        if caller.kind == "service":
            return (), ()
        own = caller.account
        classes = [
            (alike(there[0], own), spans)
            for values, spans in self.shelf.classes([ACCOUNT])
            if (there := values.get(ACCOUNT))
        ]
        return _all(spans for same, spans in classes if same is False), _all(
            spans for same, spans in classes if same is None
        )

    def _either(
        self, documents: Iterable[Document] | Doubt, action: str, caller: Caller, mfa: Mfa
    ) -> tuple[Extent, Extent]:
        """Give what any of some documents allows and what any denies; all is in doubt where they could not be read."""
        if isinstance(documents, Doubt):
            doubt = Extent((), self.shelf.whole, (documents.why,))
            return doubt, doubt
        found = [sides for one in documents if (sides := self.sides(one, action, caller, mfa)) is not NOTHING]
        return together(one.allowed(*How) for one in found), together(one.denies for one in found)

    def _of_resources(self, action: str, caller: Caller, mfa: Mfa, own: Extent) -> tuple[dict[How, Extent], Extent]:
        """Give what the resources' own policies allow and deny."""
        if not self._held:
            return {}, Extent()
        allowed: dict[How, list[Extent]] = {}
        denied: list[Extent] = []
        # What a policy denies matters only where something is allowed.
        for document, spans in self._held if own else self._giving(action):
            if isinstance(document, Doubt):
                doubt = Extent((), spans, (document.why,))
                allowed.setdefault(How.EVERYONE, []).append(doubt)
                denied.append(doubt)
                continue
            if not intersection(own.most, spans) and not self.may_allow(document, action):
                continue
            sides = self.sides(document, action, caller, mfa)
            for way, extent in sides.allows.items():
                allowed.setdefault(way, []).append(extent.within(spans))
            denied.append(sides.denies.within(spans))
        return {way: together(some) for way, some in allowed.items()}, together(denied)


def _levels(levels: tuple[tuple[Document, ...], ...] | Doubt) -> tuple[tuple[Document, ...] | Doubt, ...]:
    return (levels,) if isinstance(levels, Doubt) else levels


def _one(document: Document | Doubt) -> tuple[Document, ...] | Doubt:
    return document if isinstance(document, Doubt) else (document,)


def _doubted(given: Extent, bound: Extent) -> Extent:
    beyond = given - bound
    return beyond.doubted("what a boundary leaves of a policy that lets everyone in") if beyond else beyond


def _all(spans: Iterable[Spans]) -> Spans:
    return joined(span for some in spans for span in some)


class Outcome(Enum):
    """The answers to a single question."""

    ALLOWED = "allowed"
    WITH_MFA = "only with MFA"
    DEPENDS = "depends"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer to a single question, and on what it depends."""

    outcome: Outcome
    why: tuple[str, ...] = ()


def ask(
    action: str,
    target: Target,
    caller: Caller,
    policies: Policies,
    *,
    resource: Document | Doubt | None = None,
    access: Access = Access.USUAL,
    at: datetime | None = None,
) -> Ruling:
    """Answer a single question: whether a caller may do an action to a resource."""
    shelf = Shelf([target])
    court = Court(shelf, held=() if resource is None else [(resource, shelf.whole)], access=access, at=at)
    answer = court.judge(action, caller, policies)
    if not answer.extent:
        return Ruling(Outcome.DENIED)
    if answer.without_mfa.yes:
        return Ruling(Outcome.ALLOWED)
    if answer.extent.yes and not answer.without_mfa:
        return Ruling(Outcome.WITH_MFA)
    return Ruling(Outcome.DEPENDS, tuple(dict.fromkeys((*answer.extent.why, *answer.without_mfa.why))))
