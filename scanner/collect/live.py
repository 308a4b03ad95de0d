"""Live collection: runs a plan against the port, in a bounded pool, and gives an estate.

The work is a graph of small tasks: a listing finds resources; a resource asks its own calls and lists its children;
a side list answers one question for many. Only the thread that owns the collection touches what was found, so
tasks share nothing. A call that fails makes facts unknown; a listing that fails makes a gap.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

from scanner.collect.asking import Answer, Parse, Question, Then, ask, each, give, merged
from scanner.collect.draft import Draft, Place, draft_of, fill, parameters_of
from scanner.collect.paths import getter
from scanner.collect.port import CallFailed, Port
from scanner.model.estate import Estate, Gap
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Call, SideList
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.plan import Need, Plan, side_lists

Declared = Mapping[str, Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a person who waits is told: a unit of work began or ended."""

    region: str
    service: str
    begun: int
    ended: int
    failed: bool = False


def collect(  # noqa: PLR0913  # what a collection needs from outside, each by name
    plan: Plan,
    port: Port,
    *,
    account: str,
    caller: str,
    regions: tuple[str, ...],
    at: datetime,
    declared: Declared | None = None,
    concurrency: int = 16,
    progress: Callable[[Progress], None] = lambda _: None,
    account_name: str = "",
    partition: str = "",
) -> Estate:
    """Read everything the plan needs; never raises for what AWS answers. The caller's ARN tells the partition."""
    named = caller.split(":")[1] if caller.startswith("arn:") else ""
    place = Place(account, partition or named or "aws", account_name)
    pool = ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="collect")
    try:
        run = _Run(plan, port, pool, place, regions, declared or {}, progress)
        run.start()
        run.finish()
    except BaseException:  # somebody who presses Ctrl-C does not wait for the thousands of calls that are queued
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    resources = {
        need.kind.kind: tuple(
            sorted((draft.freeze() for draft in run.drafts[need.kind.kind]), key=lambda one: (one.id, one.region))
        )
        for need in plan.needs.values()
    }
    return Estate(
        source=Source.LIVE,
        account=account,
        caller=caller,
        regions=regions,
        taken_at=at,
        resources=resources,
        listings=dict(sorted(run.listings.items())),
        gaps=tuple(sorted(run.gaps, key=lambda gap: (gap.kind, gap.region, gap.within))),
        calls=dict(sorted(run.calls.items())),
        account_name=account_name,
    )


class _Run:
    """One collection under way; all its methods run in the owner's thread."""

    def __init__(
        self,
        plan: Plan,
        port: Port,
        pool: ThreadPoolExecutor,
        place: Place,
        regions: tuple[str, ...],
        declared: Declared,
        progress: Callable[[Progress], None],
    ) -> None:
        self._plan = plan
        self._port = port
        self._pool = pool
        self._place = place
        self._regions = regions
        self._declared = declared
        self._tell = progress
        self._done: queue.SimpleQueue[tuple[Future[Answer], Then, Call, tuple[str, str]]] = queue.SimpleQueue()
        self._open = 0
        self._units: dict[tuple[str, str], list[int]] = {}
        self._children: dict[str, list[Need]] = {}
        for need in plan.needs.values():
            if need.kind.child_of is not None:
                self._children.setdefault(need.kind.child_of.kind, []).append(need)
        self.drafts: dict[str, list[Draft]] = {name: [] for name in plan.needs}
        self._seen: set[tuple[str, str, str, str]] = set()
        self.listings: dict[tuple[str, str], Evidence] = {}
        self.gaps: list[Gap] = []
        self.calls: dict[str, int] = {}
        self._reads = side_lists(plan)
        self._sides: dict[tuple[SideList, str], dict[Any, tuple[Any, Evidence]] | Unknown] = {}

    # -- the pool ------------------------------------------------------------------------------------------

    def _submit(self, question: Question, then: Then) -> None:
        self._open += 1
        unit = (question.region or "global", question.call.service)
        self._count(unit, begun=1)
        future = self._pool.submit(ask, self._port, question)
        future.add_done_callback(lambda done: self._done.put((done, then, question.call, unit)))

    def _question(
        self, call: Call, region: str, line: tuple[Any, ...], items: str = "", parse: Parse | None = None
    ) -> Question:
        """Fill in a call, and the one made first, from a line of items."""
        account = self._place.account
        before = parameters_of(call.first, line, account) if call.first is not None else {}
        return Question(call, region, parameters_of(call, line, account), before, items, parse)

    def _count(self, unit: tuple[str, str], *, begun: int = 0, ended: int = 0, failed: bool = False) -> None:
        counts = self._units.setdefault(unit, [0, 0])
        counts[0] += begun
        counts[1] += ended
        self._tell(Progress(*unit, counts[0], counts[1], failed))

    def finish(self) -> None:
        """Take answers, and start what they ask for, until nothing is open."""
        while self._open:
            future, then, call, unit = self._done.get()
            self._open -= 1
            answer = future.result()
            self._tally(call, answer)
            give(answer, then)
            failed = answer.failure is not None and answer.failure.reason is not Reason.UNSUPPORTED
            self._count(unit, ended=1, failed=failed)
        for need in self._plan.needs.values():
            for draft in self.drafts[need.kind.kind]:
                self._join(need, draft)

    def _tally(self, call: Call, answer: Answer) -> None:
        self.calls[call.name] = self.calls.get(call.name, 0) + answer.asked
        if call.first is not None and answer.preparations:
            self.calls[call.first.name] = self.calls.get(call.first.name, 0) + answer.preparations

    # -- listings ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start every list that needs no parent: one for all kinds and all look-ups that share it."""
        shared: dict[tuple[Call, str, Parse | None, str], list[Then]] = {}
        listed: dict[tuple[Call, str, Parse | None, str], list[Need]] = {}
        for need in self._plan.needs.values():
            listing = need.kind.listed_by
            if listing is None or need.kind.child_of is not None:
                continue
            places = ("",) if listing.everywhere else self._regions
            if listing.call is None:
                self._declare(need, places)
                continue
            for region in places:
                listed.setdefault((listing.call, listing.items, listing.parse, region), []).append(need)
        for key, needs in listed.items():
            shared[key] = [self._listed(key[0], key[3], needs, None)]
        for side in dict.fromkeys(self._reads.values()):
            for region in ("",) if side.everywhere else self._regions:
                shared.setdefault((side.call, side.items, None, region), []).append(self._looked_up(side, region))
        for (call, items, parse, region), takers in shared.items():
            self._submit(self._question(call, region, (), items, parse), each(takers))

    def _declare(self, need: Need, places: tuple[str, ...]) -> None:
        listing = need.kind.listed_by
        assert listing is not None
        evidence = Evidence(Source.DECLARED, f"configuration: {listing.declared or 'accounts'}")
        if listing.declared:
            for one in self._declared.get(listing.declared, ()):
                if one.get("account", self._place.account_name) != self._place.account_name:
                    continue  # it is another account's, by the configuration's word
                source = Evidence(Source.DRILL, str(one["record"])) if listing.measured else evidence
                # What is only written down is nowhere; what is looked up needs a region to ask in.
                asks = bool(need.calls or need.sides or self._children.get(need.kind.kind))
                self._adopt(need, dict(one), self._regions[0] if asks else "", source, None)
            self._mark(need, "", evidence)
            return
        for region in places:
            self._adopt(need, {}, region or self._regions[0], evidence, None)
            self._mark(need, region, evidence)

    def _listed(self, call: Call, region: str, needs: list[Need], parent: Draft | None) -> Callable[[Answer], None]:
        def then(answer: Answer) -> None:
            failure = answer.failure
            if failure is not None and failure.code in call.nothing_on:
                failure = None
            for need in needs:
                kind = need.kind
                listing = kind.listed_by
                keep = getter(listing.where) if listing and listing.where else listing.picks if listing else None
                for item, evidence in zip(answer.items, answer.sources, strict=True):
                    try:
                        if keep is None or keep(item):
                            self._adopt(need, item, region, evidence, parent)
                    except Exception as error:  # noqa: BLE001  # one item that cannot be read hides no other
                        broken = f"cannot read an item: {str(error) or type(error).__name__}"
                        spoilt = CallFailed(Reason.MALFORMED, type(error).__name__, broken,
                                            request_id=evidence.request_id, at=evidence.taken_at)  # fmt: skip
                        self._gap(need, region, spoilt.unknown(call.name, region), parent)
                if failure is not None:
                    self._gap(need, region, failure.unknown(call.name, region), parent)
                else:
                    self._mark(need, region, answer.evidence or Evidence(Source.LIVE, f"{call.name} in {region}"))

        return then

    def _mark(self, need: Need, region: str, evidence: Evidence) -> None:
        """Note that a kind was listed in a region, and with it the kinds that hang on it."""
        self.listings.setdefault((need.kind.kind, region), evidence)
        for child in self._children.get(need.kind.kind, ()):
            self._mark(child, region, evidence)

    def _gap(self, need: Need, region: str, unknown: Unknown, parent: Draft | None) -> None:
        within = f"{parent.kind.title} {parent.name}" if parent is not None else ""
        self.gaps.append(Gap(need.kind.kind, region, unknown, within))
        for child in self._children.get(need.kind.kind, ()):
            self._gap(child, region, unknown, parent)

    # -- resources -----------------------------------------------------------------------------------------

    def _adopt(self, need: Need, item: Any, region: str, evidence: Evidence | None, parent: Draft | None) -> None:
        draft = draft_of(need, item, region, evidence, parent, self._place)
        listing = need.kind.listed_by
        if listing is not None and listing.region:
            own = getter(listing.region)(item)
            if own:
                draft.region = str(own)
            elif listing.located_by is not None and listing.located_by.call is not None:
                origin, locate = listing.located_by, listing.located_by.call
                question = self._question(locate, "", draft.line())
                self._submit(question, lambda answer: self._located(need, draft, origin.path, locate, answer))
                return
        self._settle(need, draft)

    def _located(self, need: Need, draft: Draft, path: str, call: Call, answer: Answer) -> None:
        if answer.failure is not None:
            self._gap(need, "", answer.failure.unknown(call.name, ""), draft)
            return
        found = getter(path)(answer.items[0]) if answer.items else None
        # S3 answers nothing for us-east-1 and "EU" for eu-west-1 (GetBucketLocation, API reference).
        draft.region = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(found, str(found))
        self._settle(need, draft)

    def _settle(self, need: Need, draft: Draft) -> None:
        # A list that changes while it is paged may name a resource twice.
        identity = (draft.kind.kind, draft.id, draft.region, draft.parent.id if draft.parent is not None else "")
        if identity in self._seen:
            return
        self._seen.add(identity)
        self.drafts[need.kind.kind].append(draft)
        for call in need.calls:
            if call not in need.later:
                self._own_call(need, draft, call)
        if not draft.waiting:
            self._second(need, draft)
        for child in self._children.get(need.kind.kind, ()):
            self._list_children(child, draft)

    def _list_children(self, child: Need, draft: Draft) -> None:
        listing = child.kind.listed_by
        if listing is None or listing.call is None:
            return
        line = ({}, *draft.line())
        then = self._listed(listing.call, draft.region, [child], draft)
        self._submit(self._question(listing.call, draft.region, line, listing.items, listing.parse), then)

    def _own_call(self, need: Need, draft: Draft, call: Call) -> None:
        draft.waiting += 1
        question = self._question(call, draft.region, draft.line())
        asked = {**question.parameters, **question.before}
        absent = [name for name, value in asked.items() if value is None]
        if absent:
            unknown = Unknown(Reason.MISSING, f"{call.name} of {draft.name}: the item has no {', '.join(absent)}")
            self._unknown(need, draft, call, unknown)
            draft.waiting -= 1
            return
        self._submit(question, lambda answer: self._answered(need, draft, call, answer))

    def _unknown(self, need: Need, draft: Draft, call: Call, unknown: Unknown) -> None:
        for fact in need.facts:
            if fact.live is not None and fact.live.call == call:
                draft.readings.setdefault(fact.name, unknown)

    def _answered(self, need: Need, draft: Draft, call: Call, answer: Answer) -> None:
        failure = answer.failure
        if failure is not None and failure.code not in call.nothing_on:
            self._unknown(need, draft, call, failure.unknown(f"{call.name} of {draft.name}", draft.region))
        else:
            whole = merged(answer.items)
            nothing = f"{call.name} in {draft.region} of {draft.name}: {failure.code if failure else 'no answer'}"
            evidence = answer.evidence or Evidence(Source.LIVE, nothing, failure.at if failure else None,
                                                   failure.request_id if failure else "")  # fmt: skip
            for fact in need.facts:
                if fact.live is not None and fact.live.call == call and fact.name not in draft.readings:
                    fill(draft, fact, whole, (evidence,))
        draft.waiting -= 1
        if not draft.waiting:
            self._second(need, draft)

    def _second(self, need: Need, draft: Draft) -> None:
        """Make the calls that depend on a fact, once it is known; where it rules them out, the default stands."""
        if draft.asked:
            return
        draft.asked = True
        wanted: dict[Call, None] = {}
        for fact in need.facts:
            live = fact.live
            if live is None or live.call is None or live.call not in need.later:
                continue
            reading = draft.readings.get(live.given[0]) if live.given is not None else None
            if live.given is not None and isinstance(reading, Known) and reading.value != live.given[1]:
                fill(draft, fact, {}, reading.evidence)
            else:
                wanted[live.call] = None
        for call in wanted:
            self._own_call(need, draft, call)
        if need.kind.kind not in self._children and not any(side.match for side in need.sides):
            draft.item = None  # nothing is taken from it any more; a large account has many

    # -- side lists ----------------------------------------------------------------------------------------

    def _looked_up(self, side: SideList, region: str) -> Then:
        self._sides[side, region] = Unknown(Reason.FAILED, f"{side.call.name} in {region}: not answered")

        def then(answer: Answer) -> None:
            if answer.failure is not None and answer.failure.code not in side.call.nothing_on:
                self._sides[side, region] = answer.failure.unknown(side.call.name, region)
                return
            evidence = answer.evidence or Evidence(Source.LIVE, f"{side.call.name} in {region}")
            key = getter(side.key)
            table: dict[Any, tuple[list[Any], Evidence]] = {}
            for entry, source in zip(answer.items, answer.sources, strict=True):
                table.setdefault(key(entry), ([], source))[0].append(entry)
            self._sides[side, region] = {**table, None: ([], evidence)}

        return then

    def _join(self, need: Need, draft: Draft) -> None:
        for fact in need.facts:
            live = fact.live
            if live is None or live.side is None:
                continue
            table = self._sides.get((self._reads[live.side], "" if live.side.everywhere else draft.region))
            if table is None:
                draft.readings[fact.name] = Unknown(
                    Reason.BEYOND, f"{live.side.call.name}: region {draft.region} was not scanned"
                )
            elif isinstance(table, Unknown):
                draft.readings[fact.name] = table
            else:
                try:
                    key = getter(live.side.match)(draft.item) if live.side.match else draft.id
                    entries, evidence = table.get(key, ([], table[None][1]))
                    entry = {"entries": entries, **(entries[0] if entries else {})}
                except (TypeError, ValueError) as error:
                    draft.readings[fact.name] = Unknown(
                        Reason.MALFORMED, f"{fact.key}: cannot read {live.side.call.name}: {error}"
                    )
                    continue
                fill(draft, fact, entry, (evidence,))


__all__ = ["Progress", "Resource", "collect"]
