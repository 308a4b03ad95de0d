"""What is amiss where a judgement of code could not go on: a value that is left open, or none of the kind it should be.

Code can write anything anywhere: a mapping where a text belongs. What stumbles over it is no bug, and no verdict either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.model.fact import Fact
from scanner.model.reading import Known, Reading, Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.unresolved import unresolved_in

Read = tuple[Resource | None, Fact[Any] | None, Reading[Any]]


def amiss(trace: Sequence[Read]) -> Unknown | None:
    """Give why the last of the values that were read could not be used; None if nothing is amiss with any of them."""
    from scanner.model.codec import fits, type_of  # noqa: PLC0415  # only where somebody could not go on

    for resource, fact, reading in reversed(trace):
        if resource is None or fact is None or resource.declaration is None or not isinstance(reading, Known):
            continue
        found = unresolved_in(reading.value)
        if found is not None:  # a function of C refused it before it could
            return found.unknown
        if not fits(reading.value, type_of(fact)):
            said = f"{fact.name} of {resource.declaration.address} is not written as what it is"
            return Unknown(Reason.MALFORMED, said, reading.evidence)
    return None
