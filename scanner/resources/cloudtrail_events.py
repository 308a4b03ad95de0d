"""Event selectors of CloudTrail, and how much of a class of events they record.

Basic selectors are read as the advanced ones that say the same. Of an advanced selector all conditions must hold;
of the values of a positive test one suffices, of those of a negated one none may fit (AdvancedFieldSelector, API
reference). There are no wildcards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.model.late_dataclass import dataclass

_TESTS = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
_READS = {"ReadOnly": ("true",), "WriteOnly": ("false",), "All": ()}
OBJECTS = "AWS::S3::Object"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a field of an event."""

    field: str
    test: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventSelector:
    """One selector: an event is recorded that meets all its conditions."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Events:
    """A class of events: of one category and source, and about resources of a type whose ARN begins so, if told."""

    category: str
    source: str
    resource_type: str = ""
    begins: str = ""


def event_selectors(raw: Mapping[str, Any]) -> tuple[EventSelector, ...]:
    """Read what `GetEventSelectors` answers; a trail has selectors of one sort, and always has some."""
    advanced, basic = raw.get("AdvancedEventSelectors") or (), raw.get("EventSelectors") or ()
    if not advanced and not basic:
        raise ValueError("the trail has no event selectors")
    found = [EventSelector(tuple(_conditions(one["FieldSelectors"]))) for one in advanced]
    return (*found, *(made for one in basic for made in _made_of(one)))


def _conditions(raw: Iterable[Mapping[str, Any]]) -> Iterator[Condition]:
    for one in raw:
        unknown = set(one) - {"Field", *_TESTS}
        if unknown:
            raise ValueError(f"unknown tests {', '.join(sorted(unknown))} on {one['Field']}")
        for test in _TESTS:
            if one.get(test):
                yield Condition(one["Field"], test, tuple(_texts(one[test])))


def _texts(raw: Any) -> list[str]:
    return [raw] if isinstance(raw, str) else [str(one) for one in raw]


def _made_of(raw: Mapping[str, Any]) -> Iterator[EventSelector]:
    """Make advanced selectors of a basic one, with its defaults: all management events (EventSelector, API reference)."""
    only = _READS[raw.get("ReadWriteType") or "All"]
    reads = (Condition("readOnly", "Equals", only),) if only else ()
    if raw.get("IncludeManagementEvents", True):
        without = tuple(_texts(raw.get("ExcludeManagementEventSources") or ()))
        sources = (Condition("eventSource", "NotEquals", without),) if without else ()
        yield EventSelector((Condition("eventCategory", "Equals", ("Management",)), *reads, *sources))
    for one in raw.get("DataResources") or ():
        # A value is what the ARN begins with; "arn:aws:s3" stands for all buckets (DataResource, API reference).
        where = Condition("resources.ARN", "StartsWith", tuple(_texts(one.get("Values") or ())))
        if where.values:
            what = Condition("resources.type", "Equals", (one["Type"],))
            yield EventSelector((Condition("eventCategory", "Equals", ("Data",)), what, where, *reads))


def extent(selectors: Sequence[EventSelector], events: Events, *, read_only: bool) -> str:
    """Say how much of a class of events is recorded: all, part or none.

    Parts are not put together: selectors that name each object, or each operation, are a part for us.
    """
    fixed = {
        "eventCategory": events.category,
        "eventSource": events.source,
        "resources.type": events.resource_type,
        "readOnly": "true" if read_only else "false",
    }
    found = {_share(selector, fixed, events.begins) for selector in selectors}
    return "all" if True in found else "part" if None in found else "none"


def _share(selector: EventSelector, fixed: Mapping[str, str], begins: str) -> bool | None:
    """True where a selector takes every event of the class, False for none, None for some."""
    whole = True
    for one in selector.conditions:
        if one.field == "resources.ARN":
            held = _of_beginning(one, begins)
        elif one.field in fixed:
            held = _of_value(one, fixed[one.field])
        else:
            held = None
        if held is False:
            return False
        whole = whole and held is True
    return True if whole else None


def _of_value(one: Condition, value: str) -> bool:
    if one.field == "readOnly":
        value = value.lower()
    fits = any(_FITS[one.test.removeprefix("Not")](value, wanted) for wanted in one.values)
    return fits is not one.test.startswith("Not")


_FITS: Mapping[str, Callable[[str, str], bool]] = {
    "Equals": lambda value, wanted: value == wanted,
    "StartsWith": lambda value, wanted: value.startswith(wanted),
    "EndsWith": lambda value, wanted: value.endswith(wanted),
}


def _of_beginning(one: Condition, begins: str) -> bool | None:
    """Say whether all ARNs with a beginning meet a condition, none, or some."""
    negated, test = one.test.startswith("Not"), one.test.removeprefix("Not")
    if test == "StartsWith" and any(begins.startswith(wanted) for wanted in one.values):
        return not negated
    if test == "EndsWith" or any(wanted.startswith(begins) for wanted in one.values):
        return None
    return negated
