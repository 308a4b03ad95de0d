"""Conditions of policies, over a context in which not every key is known.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Set operators for multi-valued context keys".
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from operator import eq, ge, gt, le, lt

from scanner.model.arn import OPEN, Unnamed, alike, fits
from scanner.permissions.context import Context
from scanner.permissions.document import Condition
from scanner.permissions.patterns import matches, plain
from scanner.permissions.truth import Doubt, Truth, all_true, any_true, opposite
from scanner.permissions.variables import Filled, has_variables

#: Compares what the policy names (a pattern) with what the request has.
_Compare = Callable[[str, str], bool]


def _same(pattern: str, value: str) -> bool:
    return plain(pattern) == value


def _same_folded(pattern: str, value: str) -> bool:
    return plain(pattern).casefold() == value.casefold()


def _arn(pattern: str, value: str) -> bool:
    """Compare ARNs part by part: a star does not reach over a colon, but for the last part's own (ArnLike)."""
    parts, own = pattern.split(":", 5), value.split(":", 5)
    if len(parts) < 6:
        raise ValueError(f"{pattern!r} is no ARN")
    return len(own) == 6 and all(map(matches, parts, own))


def _numbers(test: Callable[[float, float], bool], pattern: str, value: str) -> bool:
    return test(float(value), float(plain(pattern)))


def _dates(test: Callable[[datetime, datetime], bool], pattern: str, value: str) -> bool:
    return test(_instant(value), _instant(plain(pattern)))


def _instant(text: str) -> datetime:
    try:
        seconds = float(text)
    except ValueError:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    if abs(seconds) > 1e11:  # beyond any year that datetime knows
        raise ValueError(f"{text!r} is no date")
    return datetime.fromtimestamp(seconds, UTC)


def _flags(pattern: str, value: str) -> bool:
    if pattern.lower() not in ("true", "false"):
        raise ValueError(f"{pattern!r} is neither true nor false")
    return pattern.lower() == value.lower()


def _bytes(pattern: str, value: str) -> bool:
    return base64.b64decode(plain(pattern), validate=True) == base64.b64decode(value, validate=True)


def _address(pattern: str, value: str) -> bool:
    network = ipaddress.ip_network(plain(pattern), strict=False)
    address = ipaddress.ip_address(value)
    return address.version == network.version and address in network


#: Each operator in lower case: how it compares, and whether it asks for the opposite.
_OPERATORS: dict[str, tuple[_Compare, bool]] = {
    "stringequals": (_same, False),
    "stringnotequals": (_same, True),
    "stringequalsignorecase": (_same_folded, False),
    "stringnotequalsignorecase": (_same_folded, True),
    "stringlike": (matches, False),
    "stringnotlike": (matches, True),
    # Both behave alike (user guide, "Amazon Resource Name (ARN) condition operators").
    "arnequals": (_arn, False),
    "arnlike": (_arn, False),
    "arnnotequals": (_arn, True),
    "arnnotlike": (_arn, True),
    "numericequals": (partial(_numbers, eq), False),
    "numericnotequals": (partial(_numbers, eq), True),
    "numericlessthan": (partial(_numbers, lt), False),
    "numericlessthanequals": (partial(_numbers, le), False),
    "numericgreaterthan": (partial(_numbers, gt), False),
    "numericgreaterthanequals": (partial(_numbers, ge), False),
    "dateequals": (partial(_dates, eq), False),
    "datenotequals": (partial(_dates, eq), True),
    "datelessthan": (partial(_dates, lt), False),
    "datelessthanequals": (partial(_dates, le), False),
    "dategreaterthan": (partial(_dates, gt), False),
    "dategreaterthanequals": (partial(_dates, ge), False),
    "bool": (_flags, False),
    "binaryequals": (_bytes, False),
    "ipaddress": (_address, False),
    "notipaddress": (_address, True),
}


def all_hold(conditions: Iterable[Condition], context: Context, *, variables: bool = True) -> Truth:
    """Say whether all conditions of a statement hold: they are joined by AND."""
    return all_true(holds(one, context, variables=variables) for one in conditions)


def holds(condition: Condition, context: Context, *, variables: bool = True) -> Truth:
    """Say whether one condition holds."""
    operator = condition.operator.lower()
    found = context.find(condition.key)
    if operator == "null":
        return _null(condition, found)
    if operator not in _OPERATORS:
        return Doubt(f"operator {condition.operator}, which is not known")
    compare, negated = _OPERATORS[operator]
    if found is None:
        return _missing(condition, negated=negated)
    if isinstance(found, Doubt):
        # What fits anything does not need the value, if it need not even be there.
        fits_all = compare is matches and not negated and "*" in condition.values
        return True if fits_all and (condition.if_exists or condition.each) else _doubt(condition)

    def fits(value: str) -> Truth:
        answer = any_true(_compared(compare, one, value, context, variables) for one in condition.values)
        return opposite(answer) if negated else answer

    if condition.each or (negated and not condition.some):
        return all_true(map(fits, found))
    return any_true(map(fits, found))


def _doubt(condition: Condition) -> Doubt:
    # Without its values: there may be thousands.
    return Doubt(f"condition {condition.operator} {condition.key}")


def _null(condition: Condition, found: tuple[str, ...] | Doubt | None) -> Truth:
    if isinstance(found, Doubt):
        return _doubt(condition)
    wanted = {value.lower() for value in condition.values}
    if not wanted or wanted - {"true", "false"}:
        return _doubt(condition)
    return ("true" if found is None else "false") in wanted


def _missing(condition: Condition, *, negated: bool) -> Truth:
    """Say what a condition on a key that the request lacks is worth.

    It holds with `IfExists`, for "all values" of none, and where it asks for the opposite; not for "any value" of none.
    """
    if condition.if_exists or condition.each:
        return True
    return negated and not condition.some


def _tried(compare: _Compare, pattern: str, value: str) -> bool | None:
    """Compare where code may leave open which place a text names; None where that decides."""
    if isinstance(value, Unnamed):
        return compare(pattern, str(value)) or None
    if compare in (matches, _arn):
        return fits(pattern, value, compare)
    if compare is _same_folded:
        return alike(plain(pattern).casefold(), value.casefold())
    return alike(plain(pattern), value) if compare is _same else compare(pattern, value)


def _compared(compare: _Compare, pattern: str, value: str, context: Context, variables: bool) -> Truth:  # noqa: FBT001
    if variables and has_variables(pattern):
        filled = Filled(pattern, context)
        if filled.missing or filled.doubt is not None:
            return Doubt(f"{pattern}, of which a variable has no value") if filled.doubt is None else filled.doubt
        pattern = filled.text
    try:
        if OPEN not in value and OPEN not in pattern:
            return compare(pattern, value)
        answer = _tried(compare, pattern, value)
        return Doubt(f"what {value} is, which the code does not settle") if answer is None else answer
    except (ValueError, OverflowError):
        return Doubt(f"{pattern!r} and {value!r}, which cannot be compared")
