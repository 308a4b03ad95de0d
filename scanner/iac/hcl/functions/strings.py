"""Terraform's text functions; regular expressions among them are those of RE2."""

from __future__ import annotations

from typing import Any

from scanner.iac.hcl.functions.definition import LONGEST, MOST, Functions, bounded
from scanner.iac.hcl.functions.graphemes import graphemes
from scanner.iac.hcl.functions.unification import Unsure, convert, text, whole
from scanner.iac.hcl.values import EvaluationError, ListValue, Object, Tuple, normal

FUNCTIONS = Functions()
#: what Go's unicode.IsSpace takes for space; Python's strip() takes more
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


@FUNCTIONS.define("chomp", text)
def chomp(source: str) -> str:
    """Take the line ends off the end."""
    return source.rstrip("\r\n")


@FUNCTIONS.define("endswith", text, text)
def ends_with(source: str, suffix: str) -> bool:
    """Say whether a text ends with another."""
    return source.endswith(suffix)


@FUNCTIONS.define("startswith", text, text)
def starts_with(source: str, prefix: str) -> bool:
    """Say whether a text begins with another."""
    return source.startswith(prefix)


@FUNCTIONS.define("strcontains", text, text)
def holds(source: str, part: str) -> bool:
    """Say whether a text contains another."""
    return part in source


@FUNCTIONS.define("indent", whole, text)
def indent(spaces: int, source: str) -> str:
    """Put spaces before every line but the first."""
    if spaces < 0:
        raise EvaluationError(f"indent() is given {spaces} spaces, it takes 0 or more")
    _expect(len(source) + source.count("\n") * spaces)
    return source.replace("\n", "\n" + " " * spaces)


def _expect(size: int) -> None:
    if size > LONGEST:
        raise Unsure(f"the text would have more than {LONGEST:,} characters")


def texts(value: Any) -> list[Any]:
    """Take a list of texts; its elements may be null or unsettled."""
    found: list[Any] = convert(value, ("list", "text"))
    if found is None:
        raise EvaluationError("it is null")
    return found


@FUNCTIONS.define("join", text, rest=texts)
def join(separator: str, *lists: list[Any]) -> str:
    """Put the elements of all lists into one text."""
    if not lists:
        raise EvaluationError("join() takes at least one list")
    parts = [one for part in lists for one in part]
    if any(one is None for one in parts):
        raise EvaluationError("join() is given a list with a null in it")
    _expect(sum(map(len, parts)) + len(separator) * len(parts))
    return normal(separator.join(parts))


@FUNCTIONS.define("split", text, text)
def split(separator: str, source: str) -> list[str]:
    """Cut a text at every place where the separator stands."""
    parts = source.split(separator) if separator else list(source)
    if len(parts) > MOST:
        raise Unsure(f"split() would give more than {MOST:,} elements")
    return ListValue(map(normal, parts))


@FUNCTIONS.define("lower", text)
def lower(source: str) -> str:
    """Give a text in small letters, letter by letter."""
    if source.isascii():
        return source.lower()
    return normal("".join(one.lower()[0] for one in source))


@FUNCTIONS.define("upper", text)
def upper(source: str) -> str:
    """Give a text in capital letters, letter by letter."""
    if source.isascii():
        return source.upper()
    return normal("".join(_single(one.upper(), one.title(), one) for one in source))


def _single(*forms: str) -> str:
    """Give the first form that is one character: Go knows no letter that becomes two."""
    return next(one for one in forms if len(one) == 1)


@FUNCTIONS.define("title", text)
def title(source: str) -> str:
    """Give every word a capital first letter."""
    done: list[str] = []
    inside = False
    for one in source:
        done.append(one if inside else _single(one.title(), one))
        inside = one == "_" or one.isalnum() or not (one.isascii() or one in _SPACE)
    return normal("".join(done))


@FUNCTIONS.define("strrev", text)
def reverse(source: str) -> str:
    """Give a text with its characters in the opposite order."""
    return normal("".join(reversed(graphemes(source))))


@FUNCTIONS.define("substr", text, whole, whole)
def substring(source: str, offset: int, size: int) -> str:
    """Give a part of a text; a negative offset counts from its end, a size of -1 goes to its end."""
    parts = graphemes(source)
    if offset < 0:
        # Terraform reads from the start where an offset goes back further than that, and there 0 takes everything
        parts = parts[max(offset + len(parts), 0) :]
        return normal("".join(parts if size <= 0 else parts[:size]))
    parts = parts[offset:]
    return normal("".join(parts if size < 0 else parts[:size]))


@FUNCTIONS.define("trim", text, text)
def trim(source: str, characters: str) -> str:
    """Take characters of a set off both ends."""
    return source.strip(characters) if characters else source


@FUNCTIONS.define("trimprefix", text, text)
def trim_prefix(source: str, prefix: str) -> str:
    """Take another text off the start."""
    return source.removeprefix(prefix)


@FUNCTIONS.define("trimsuffix", text, text)
def trim_suffix(source: str, suffix: str) -> str:
    """Take another text off the end."""
    return source.removesuffix(suffix)


@FUNCTIONS.define("trimspace", text)
def trim_space(source: str) -> str:
    """Take white space off both ends."""
    return source.strip(_SPACE)


@FUNCTIONS.define("replace", text, text, text)
def replace(source: str, old: str, new: str) -> str:
    """Put another text for every occurrence; between slashes, the occurrences of a regular expression."""
    if len(old) > 1 and old[0] == old[-1] == "/":
        from scanner.iac.hcl.functions.regular import Expression  # noqa: PLC0415  # most calls have none

        return normal(bounded(Expression(old[1:-1]).replace(source, new, LONGEST)))
    _expect(len(source) + source.count(old) * len(new))
    return normal(source.replace(old, new))


@FUNCTIONS.define("regex", text, text)
def regex(pattern: str, source: str) -> Any:
    """Give what the first match of a regular expression captures; an error if there is none."""
    from scanner.iac.hcl.functions.regular import Expression  # noqa: PLC0415  # most code has none

    expression = Expression(pattern)
    _check_groups(expression.names)
    found = next(expression.matches(source), None)
    if found is None:
        raise EvaluationError(f"the pattern {pattern[:60]!r} matches no part of the text")
    return _captured(expression.names, source, found)


@FUNCTIONS.define("regexall", text, text)
def regex_all(pattern: str, source: str) -> Any:
    """Give what every match of a regular expression captures."""
    from scanner.iac.hcl.functions.regular import Expression  # noqa: PLC0415  # most code has none

    expression = Expression(pattern)
    _check_groups(expression.names)
    return ListValue(_captured(expression.names, source, found) for found in expression.matches(source))


def _captured(names: list[str], source: str, spans: list[int]) -> Any:
    """Give the whole match, a tuple of its groups, or an object of its named groups."""
    parts = [
        normal(source[spans[place] : spans[place + 1]]) if spans[place] >= 0 else None
        for place in range(0, len(spans), 2)
    ]
    if not names:
        return parts[0]
    if all(names):
        return Object(zip(names, parts[1:], strict=True))
    return Tuple(parts[1:])


def _check_groups(names: list[str]) -> None:
    if any(names) and not all(names):
        raise EvaluationError("a pattern cannot have both named and unnamed groups")
