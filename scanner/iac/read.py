"""Reading: the blocks of a root become an estate, fact by fact, as the forms say.

A value that the code leaves open makes its fact unknown, with the expression and its place. What no code holds is
unknown too, and says that only a running account tells. Where the given code is not said to be all there is, nothing
that it lacks is known to be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from scanner.iac.block import ABSENT, Block, Code, Found, Problem
from scanner.iac.form import NOTHING, Always, At, Form, Joined, Made, Origin
from scanner.iac.forms import declares, forms_of
from scanner.iac.forms.index import KINDS, NOWHERE, PARTLY, UNSET
from scanner.iac.naming import MISWRITTEN, arn_of, identities, name_of
from scanner.iac.pointing import evidence_of, parts_of, pointed
from scanner.iac.satellites import Satellites
from scanner.iac.surroundings import Surroundings
from scanner.model.arn import OPEN, somewhere
from scanner.model.declaration import Declaration
from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate, Gap
from scanner.model.origin import NOTHING as NOTHING_TOLD
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Spot, Unknown
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved
from scanner.plan import Need, Plan
from scanner.resources.code import BROKEN, READ, UNFOLLOWED, CodePart

#: From a resource's kind and id to the form and the block that it was read by.
Origins = dict[tuple[str, str], tuple[Form, Block]]
_ELSEWHERE = "the code that was given may not be all there is (`--whole-estate` says that it is)"


def read(
    code: Code,
    work: Plan,
    *,
    at: datetime,
    whole: bool = False,
    others: Sequence[Code] = (),
    origins: Origins | None = None,
) -> tuple[Estate, ...]:
    """Read a root, and `others` that are part of the same estate, into an estate per account.

    `work` names the kinds and facts that are wanted. `whole` says that the code is all there is. `origins` is filled
    with the form and the block of each resource.
    """
    origins = {} if origins is None else origins
    codes = (code, *others)
    accounts: dict[str, list[Block]] = {}
    for one in codes:
        for block in one.blocks:
            accounts.setdefault(block.account, []).append(block)
    estates: list[Estate] = []
    for account, blocks in (accounts or {"?account": []}).items():
        # What could not be read is told once, with the first account.
        parts = [part for one in codes for part in _parts_of(one, account)] if not estates else []
        estates.append(_estate(codes, blocks, account, parts, work, at, origins, whole=whole))
    return tuple(estates)


def _estate(  # private; all that an estate is made of
    codes: Sequence[Code],
    blocks: list[Block],
    account: str,
    parts: Sequence[CodePart],
    work: Plan,
    at: datetime,
    origins: Origins,
    *,
    whole: bool,
) -> Estate:
    source, root = codes[0].source, ", ".join(dict.fromkeys(code.root for code in codes))
    sources = {code.source for code in codes}
    taken: set[str] = set()
    once: set[tuple[str, str, str]] = set()
    resources: dict[str, list[Resource]] = {}
    unnamed: dict[str, Unknown] = {}
    satellites = Satellites(blocks, Surroundings(codes, whole=whole))
    moved = {(code.root, new): old for code in codes for new, old in code.moved.items()}
    for block in blocks:
        for form in forms_of(block.type):
            need = work.needs.get(form.kind.kind)
            if need is None:
                continue
            for part in _parts(form, block):
                if not _is_of(form, part) or (form.once and _told(form, part, once)):
                    continue
                resource = _resource(form, part, [fact.name for fact in need.facts], satellites, taken, moved)
                origins[resource.kind, resource.id] = (form, part)
                resources.setdefault(form.kind.kind, []).append(resource)
                if block.address in resource.id:
                    unnamed.setdefault(
                        resource.kind,
                        Unknown(Reason.UNRESOLVED, f"the code does not tell what {part.address} will be called in AWS"),
                    )
    problems = [problem for code in codes for problem in code.problems]
    resources[CodePart.kind] = [*parts]
    regions = tuple(dict.fromkeys(str(block.region) for block in blocks)) or ("?region",)
    for need in work.needs.values():
        if not _stands_for_a_place(need.kind):
            continue
        if not need.facts and need.kind.kind not in resources:
            resources[need.kind.kind] = [*_places(need.kind, account, regions)]
        elif (
            whole and not problems and need.kind.kind in UNSET and any(declares(need.kind.kind, one) for one in sources)
        ):
            there = resources.setdefault(need.kind.kind, [])
            there.extend(
                _unset(need, _places(need.kind, account, regions), there, Evidence(source, f"all code of {root}"))
            )
    types = frozenset(block.type for block in blocks)
    listings, gaps = _extent(work, source, root, problems, frozenset(resources), types, whole=whole)
    return Estate(
        source=source, account=somewhere(account), caller="", regions=regions, taken_at=at, listings=listings,
        resources={kind: tuple(found) for kind, found in sorted(resources.items())}, gaps=gaps, account_name=root, unnamed=unnamed,
    )  # fmt: skip


def _told(form: Form, block: Block, before: set[tuple[str, str, str]]) -> bool:
    """Say whether another block told already of the one resource that all of them are about."""
    arn = str(arn_of(form, block))
    key = (form.kind.kind, arn, block.root if f":{OPEN}" in arn else "")
    told = key in before
    before.add(key)
    return told


def _is_of(form: Form, part: Block) -> bool:
    """Say whether a block is of the form's kind; where the code leaves that open, it may be one."""
    try:
        return form.when is None or form.when(part)
    except CouldNotCheck as stop:
        part.doubt = Unresolved(stop.unknown.detail) if part.doubt is None else part.doubt
        return True
    except MISWRITTEN as error:
        said = f"{part.address} does not say what it is ({type(error).__name__}: {error})"
        part.doubt = Unresolved(said) if part.doubt is None else part.doubt
        return True


def _parts_of(code: Code, account: str) -> Iterator[CodePart]:
    """Give each place of a root that could not be read, or the root as one part that was."""
    for problem in code.problems:
        spot = problem.spot
        said = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
        state = BROKEN if problem.broken else UNFOLLOWED
        yield _part(code, account, problem.address or spot.said, spot, state, said)
    if not code.problems:
        files = len(code.files)
        said = f"read {files} file{'' if files == 1 else 's'} and {len(code.blocks)} resources"
        yield _part(code, account, code.root, Spot(code.files[0] if code.files else code.root, 1), READ, said)


def _part(code: Code, account: str, name: str, spot: Spot, state: str, said: str) -> CodePart:
    evidence = (Evidence(code.source, spot.said, spot=spot),)
    declaration = Declaration(name, code.root, CodePart.kind, code.source, spot)
    readings: dict[str, Reading[str]] = {"state": Known(state, evidence), "said": Known(said, evidence)}
    return CodePart(f"{spot.said} {name}", name, account, "", readings, declaration)


def _stands_for_a_place(kind: type[Resource]) -> bool:
    """Say whether there is one of a kind for each region, or one for the account, whatever is declared."""
    listed = kind.listed_by
    return listed is not None and listed.call is None and not listed.declared and not listed.measured


def _places(kind: type[Resource], account: str, regions: Sequence[str]) -> Iterator[Resource]:
    """Give the resources that stand for the regions, or for the account; all their facts follow from others."""
    listed = kind.listed_by
    assert listed is not None
    for region in ("",) if listed.everywhere else regions:
        names = {"partition": "aws", "region": region, "account": account}
        yield kind(listed.id.format(**names), listed.name.format(**names), somewhere(account), somewhere(region), {})


def _unset(
    need: Need, places: Iterable[Resource], there: Sequence[Resource], evidence: Evidence
) -> Iterator[Resource]:  # fmt: skip
    """Give what no block is about as AWS answers where nothing was ever set; code that is all there is sets no more."""
    taken = [str(one.region) for one in there]
    for one in places:
        region = str(one.region)
        if not region and taken:
            continue
        # A place that the code leaves open may be one that a block is about.
        if region in taken or (taken and any(each.startswith(OPEN) for each in (region, *taken))):
            continue
        readings: dict[str, Reading[Any]] = {}
        for fact in need.facts:
            live = fact.live
            if live is not None and live.absent is not NOTHING_TOLD:
                readings[fact.name] = Known(live.absent, (evidence,))
            else:
                said = f"{fact.name} of {need.kind.title}: no code sets it; only a running account tells"
                readings[fact.name] = Unknown(Reason.RUNTIME, said)
        yield type(one)(one.id, one.name, one.account, one.region, readings)


def _extent(
    work: Plan, source: Source, root: str, problems: Sequence[Problem], there: frozenset[str], types: frozenset[str],
    *, whole: bool,
) -> tuple[dict[tuple[str, str], Evidence], tuple[Gap, ...]]:  # fmt: skip
    """Say of each kind that is wanted whether all of it was seen."""
    listings: dict[tuple[str, str], Evidence] = {(CodePart.kind, ""): Evidence(source, f"all code of {root}")}
    gaps: list[Gap] = []
    for name, need in work.needs.items():
        title = need.kind.title
        if _stands_for_a_place(need.kind):
            if name in there:
                listings[name, ""] = Evidence(source, f"all code of {root}")
            elif name in UNSET and not whole:
                gaps.append(_unseen(name, Reason.OPEN, f"{title}: {_ELSEWHERE}"))
            else:
                gaps.append(_unseen(name, Reason.RUNTIME, f"{title}: no code sets it; only a running account tells"))
        elif need.kind.listed_by is not None and need.kind.listed_by.declared:
            gaps.append(_unseen(name, Reason.RUNTIME, f"{title}: the configuration tells where it is, not code"))
        elif name not in KINDS:
            reason = NOWHERE.get(name, "no code holds it")
            gaps.append(_unseen(name, Reason.RUNTIME, f"{title}: {reason}; only a running account tells"))
        elif not whole:
            gaps.append(_unseen(name, Reason.OPEN, f"{title}: {_ELSEWHERE}"))
        elif name in PARTLY and (not PARTLY[name][1] or not types.isdisjoint(PARTLY[name][1])):
            gaps.append(_unseen(name, Reason.RUNTIME, f"{title}: {PARTLY[name][0]}; only a running account tells"))
        elif problems:  # what is not seen to be whole is open anyway, and each problem is told of by itself
            first = problems[0]
            why = Unknown(
                Reason.UNRESOLVED,
                f"{first.message} ({first.spot.said}), so there may be more",
                (Evidence(source, first.spot.said, spot=first.spot),),
            )
            gaps.append(Gap(name, "", why))
        else:
            listings[name, ""] = Evidence(source, f"all code of {root}")
    return listings, tuple(gaps)


@cache
def _unseen(kind: str, reason: Reason, detail: str) -> Gap:
    """Give the gap of a kind, one for all roots that lack it."""
    return Gap(kind, "", Unknown(reason, detail))


def _parts(form: Form, block: Block) -> Iterator[Block]:
    if not form.each:
        yield block
        return
    nested = block.find_all(form.each)
    for number, (values, steps) in enumerate(nested):
        yield block.part(values, steps, f"{block.address}.{form.each}[{number}]")


def _resource(
    form: Form,
    block: Block,
    names: Iterable[str],
    satellites: Satellites,
    taken: set[str],
    moved: Mapping[tuple[str, str], str],
) -> Resource:
    arn = arn_of(form, block)
    doubt = block.doubt
    if not isinstance(arn, str):
        doubt, arn = arn if doubt is None else doubt, f"{form.kind.kind}/{block.address}"
    if (form.kind.kind + arn) in taken:
        arn = f"{arn}#{block.address}"
    taken.add(form.kind.kind + arn)
    readings = {name: reading_of(form, block, name, satellites) for name in names}
    declaration = Declaration(
        block.address, block.root, block.type, block.source, block.spot, block.trail,
        moved.get((block.root, block.address), ""), block.changed,
    )  # fmt: skip
    return form.kind(
        arn, name_of(form, block), somewhere(block.account), somewhere(block.region), readings, declaration,
        doubt.unknown if doubt is not None else None,
    )  # fmt: skip


def reading_of(form: Form, block: Block, name: str, satellites: Satellites) -> Reading[Any]:
    """Read one fact of a block."""
    origins = form.facts.get(name)
    if origins is None:
        why = form.beyond.get(name, "no code holds it")
        return Unknown(Reason.RUNTIME, f"{name} of {block.address}: {why}; only a running account tells")
    for origin in (origins,) if isinstance(origins, (At, Made, Joined, Always)) else origins:
        reading = _take(origin, block, satellites)
        if reading is not None:
            return reading
    return Unknown(
        Reason.MISSING, f"{block.address} does not say its {name}", evidence_of(block, Found(ABSENT, block.spot, name))
    )


def _take(origin: Origin, block: Block, satellites: Satellites) -> Reading[Any] | None:
    if isinstance(origin, Always):
        return Known(origin.value, evidence_of(block, Found(origin.value, block.spot, "")))
    if isinstance(origin, Made):
        found = pointed(block, origin.shows)
        return _convert(lambda _: origin.by(block), None, evidence_of(block, found), found.attribute or "")
    if isinstance(origin, Joined):
        found, around = pointed(block, origin.shows), satellites.around
        around.pointed.clear()
        reading = _convert(lambda _: origin.by(block, around), None, evidence_of(block, found), found.attribute or "")
        if around.pointed:
            elsewhere = (each for one, other, label in around.pointed for each in evidence_of(one, other, block, label))
            reading = replace(reading, evidence=tuple(dict.fromkeys((*reading.evidence, *elsewhere))))
        return reading
    if origin.via is not None:
        return _of_satellite(origin, block, satellites)
    return _at(origin, block, block)


def _at(origin: At, block: Block, owner: Block) -> Reading[Any] | None:
    found = block.find(origin.path)
    if origin.shows:
        found = Found(found.value, block.find(origin.shows).spot, origin.shows)
    evidence = evidence_of(block, found, owner)
    if origin.parts:
        evidence = (*parts_of(origin, block, owner), *evidence)
    if found.value is ABSENT:
        if origin.absent is not NOTHING:
            return Known(origin.absent, evidence)
        if origin.computed:
            name = origin.path or origin.shows
            return Unknown(Reason.UNRESOLVED, f"{owner.address} does not set {name}: {origin.computed}", evidence)
        return None
    return _convert(origin.convert, found.value, evidence, found.attribute)


def _of_satellite(origin: At, block: Block, satellites: Satellites) -> Reading[Any] | None:
    assert origin.via is not None
    mine, doubt = satellites.of(origin.via, block, identities)
    if doubt is not None and (origin.every or not mine):
        return doubt.unknown
    if origin.every:
        values = [one.find(origin.path).value for one in mine]
        evidence = tuple(each for one in mine for each in evidence_of(one, one.find(origin.path), block))
        values = [value for value in values if value is not ABSENT]
        return _convert(origin.convert, values, evidence, origin.path) if values else None
    if not mine:
        if origin.absent is NOTHING:
            return None
        return Known(origin.absent, evidence_of(block, Found(ABSENT, block.spot, f"{origin.via.type}.{origin.path}")))
    return _at(origin, mine[0], block)


def _convert(convert: Any, value: Any, evidence: tuple[Evidence, ...], attribute: str) -> Reading[Any]:
    if isinstance(value, Unresolved):
        document = _document(value)
        reading = _settled(convert, value) if document is None else _convert(convert, document, evidence, attribute)
        return reading if isinstance(reading, Known) else Unknown(value.reason, value.why, evidence)
    try:
        result = convert(value)
    except CouldNotCheck as stop:
        return Unknown(stop.unknown.reason, stop.unknown.detail, evidence)
    except MISWRITTEN as error:
        said = str(error) if isinstance(error, ValueError) else f"cannot be read ({type(error).__name__}: {error})"
        return Unknown(Reason.MALFORMED, f"{attribute}: {said}", evidence)
    if isinstance(result, Unresolved):
        return Unknown(result.reason, result.why, evidence)
    return Known(result, evidence)


def _document(value: Unresolved) -> Any:
    """Give what JSON text says whose leaves are not all settled; None of any other value that is left open."""
    if type(value) is Unresolved:
        return None
    from scanner.iac.hcl.values import JsonText  # noqa: PLC0415  # only Terraform makes them

    return value.document if isinstance(value, JsonText) else None


def _settled(convert: Any, value: Unresolved) -> Reading[Any] | None:
    """Give the value where all that it can be comes to the same."""
    if not value.choices:
        return None
    readings = [_convert(convert, one, (), "") for one in value.choices]
    first = readings[0]
    if isinstance(first, Known) and all(isinstance(one, Known) and one.value == first.value for one in readings):
        return first
    return None
