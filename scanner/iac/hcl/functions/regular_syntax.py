"""The syntax of RE2's regular expressions, which Terraform has: no look-around, no references back, never exponential.

A parsed expression is a tuple that begins with its kind: `("cat", nodes)`, `("alt", nodes)`, `("one", Characters)`,
`("repeat", node, least, most, greedy)`, `("group", number, node)`, `("at", place)`; `("cat", [])` is the empty one.
"""

from __future__ import annotations

import re
from typing import Any, Final

from scanner.iac.hcl.functions.unification import Unsure
from scanner.iac.hcl.values import EvaluationError

Node = tuple[Any, ...]
Range = tuple[int, int]
EMPTY: Final[Node] = ("cat", [])

_LONGEST_PATTERN = 2_000
_DEEPEST = 100
_MOST_REPEATS = 1_000
_LAST = 0x10FFFF
_DIGITS: Final = ((48, 57),)
_WORD: Final = ((48, 57), (65, 90), (95, 95), (97, 122))
_BLANK: Final = ((9, 10), (12, 13), (32, 32))
_PERL: Final = {"d": _DIGITS, "s": _BLANK, "w": _WORD}
_POSIX: Final[dict[str, tuple[Range, ...]]] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGITS,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": _WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
_CONTROLS: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_CATEGORIES: Final = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cs",
    ]
)
_FLAGS = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")
_NAMED = re.compile(r"\(\?P?<([^>]*)>")
_COUNTED = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")
_CATEGORY = re.compile(r"\\([pP])(?:([A-Z])|\{(\^?)([A-Za-z_]+)\})")
_NAMED_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")


class Characters:
    """A set of characters: ranges and general categories, or all that is in none of them."""

    __slots__ = ("_fold", "_items", "_known", "_negated")

    def __init__(self, *, fold: bool = False) -> None:
        #: ranges, or the beginning of a category's name; and whether it is what is not in them
        self._items: list[tuple[tuple[Range, ...] | str, bool]] = []
        self._negated = False
        self._fold = fold
        self._known: dict[str, bool] = {}

    def add(self, item: tuple[Range, ...] | str, *, negated: bool = False) -> Characters:
        """Add ranges, or a category, or everything outside of them."""
        self._items.append((item, negated))
        return self

    def invert(self) -> None:
        """Take everything that was not in the set."""
        self._negated = True

    def __contains__(self, one: str) -> bool:
        found = self._known.get(one)
        if found is None:
            forms = {one, one.lower(), one.upper(), one.upper().lower()} if self._fold else {one}
            found = self._known[one] = self._negated is not any(
                negated is not any(_within(form, item) for form in forms if len(form) == 1)
                for item, negated in self._items
            )
        return found


def _within(one: str, item: tuple[Range, ...] | str) -> bool:
    if isinstance(item, str):
        from unicodedata import category  # noqa: PLC0415  # few patterns name categories

        return category(one).startswith(item)
    code = ord(one)
    return any(low <= code <= high for low, high in item)


class Parser:
    """Reads one pattern; `names` are those of its groups, empty for a group without one."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > _LONGEST_PATTERN:
            raise Unsure(f"a pattern of {len(pattern)} characters is not worked out")
        self._pattern = pattern
        self._at = 0
        self._flags: frozenset[str] = frozenset()
        self._depth = 0
        self.names: list[str] = []
        self.tree = self._alternatives()
        if self._at < len(pattern):
            raise self._wrong("there is a ) without its (")

    def _wrong(self, what: str) -> EvaluationError:
        return EvaluationError(f"the pattern {self._pattern[:60]!r} is wrong: {what}")

    def _alternatives(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unsure("a pattern is nested too deeply to be worked out")
        found = [self._sequence()]
        while self._rest("|"):
            self._at += 1
            found.append(self._sequence())
        self._depth -= 1
        return found[0] if len(found) == 1 else ("alt", found)

    def _rest(self, start: str) -> bool:
        return self._pattern.startswith(start, self._at)

    def _sequence(self) -> Node:
        found: list[Node] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            if self._rest("\\Q"):
                end = self._pattern.find("\\E", self._at)
                quoted = self._pattern[self._at + 2 : end if end >= 0 else None]
                self._at = end + 2 if end >= 0 else len(self._pattern)
                found.extend(self._literal(ord(one)) for one in quoted)
                if found:
                    found.append(self._repeated(found.pop()))
                continue
            found.append(self._repeated(self._atom()))
        return found[0] if len(found) == 1 else ("cat", found)

    def _repeated(self, node: Node) -> Node:
        """Read the repetition after a node; Perl and Go allow one only."""
        bounds = self._bounds()
        if bounds is None:
            return node
        lazy = self._rest("?")
        self._at += lazy
        if self._bounds() is not None:
            raise self._wrong("a repetition is repeated")
        return ("repeat", node, *bounds, lazy is ("U" in self._flags))

    def _bounds(self) -> tuple[int, int | None] | None:
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self._pattern[self._at : self._at + 1])
        if simple is not None:
            self._at += 1
            return simple
        counted = _COUNTED.match(self._pattern, self._at)
        if counted is None:
            return None
        least = int(counted[1])
        most = least if counted[2] is None else (int(counted[3]) if counted[3] else None)
        if max(least, most or 0) > _MOST_REPEATS or (most is not None and most < least):
            raise self._wrong("a repetition has impossible bounds")
        self._at = counted.end()
        return least, most

    def _atom(self) -> Node:
        one = self._pattern[self._at]
        if one == "(":
            return self._group()
        if one == "[":
            return self._class()
        if one == "\\":
            return self._escape()
        if one in "*+?":
            raise self._wrong("there is nothing to repeat")
        self._at += 1
        if one == ".":
            return ("one", Characters().add(((0, _LAST),) if "s" in self._flags else ((0, 9), (11, _LAST))))
        if one == "^":
            return ("at", "line start" if "m" in self._flags else "start")
        if one == "$":
            return ("at", "line end" if "m" in self._flags else "end")
        return self._literal(ord(one))

    def _literal(self, code: int) -> Node:
        return ("one", Characters(fold="i" in self._flags).add(((code, code),)))

    def _group(self) -> Node:
        flags = self._flags
        number = 0
        named, switched = _NAMED.match(self._pattern, self._at), _FLAGS.match(self._pattern, self._at)
        if named is not None:
            if not re.fullmatch(r"[0-9A-Za-z_]+", named[1]):
                raise self._wrong(f"{named[1]!r} cannot be the name of a group")
            self.names.append(named[1])
            number, self._at = len(self.names), named.end()
        elif switched is not None and switched[0] != "(?)":
            self._flags = (flags | set(switched[1])) - set((switched[2] or "")[1:])
            self._at = switched.end()
            if switched[3] == ")":
                return EMPTY
        elif self._rest("(?"):
            raise self._wrong("RE2 has no such group")
        else:
            self.names.append("")
            number, self._at = len(self.names), self._at + 1
        inner = self._alternatives()
        if not self._rest(")"):
            raise self._wrong("there is a ( without its )")
        self._at += 1
        self._flags = flags
        return ("group", number, inner) if number else ("cat", [inner])

    def _escape(self) -> Node:
        one = self._pattern[self._at + 1 : self._at + 2]
        places = {"A": "start", "z": "end", "b": "word edge", "B": "no word edge"}
        if one in places and one:
            self._at += 2
            return ("at", places[one])
        found = Characters(fold="i" in self._flags)
        if not self._shorthand(found):
            code = self._code()
            found.add(((code, code),))
        return ("one", found)

    def _shorthand(self, into: Characters) -> bool:
        """Read an escape that stands for many characters: a digit, a letter, what is no space."""
        one = self._pattern[self._at + 1 : self._at + 2]
        if one and one in "dswDSW":
            self._at += 2
            into.add(_PERL[one.lower()], negated=one.isupper())
            return True
        if one not in ("p", "P"):
            return False
        found = _CATEGORY.match(self._pattern, self._at)
        if found is None:
            raise self._wrong("it names no category of characters")
        name = found[2] or found[4]
        if name not in _CATEGORIES:
            raise Unsure(f"the characters of {name} in a pattern are not worked out")
        into.add(name, negated=(found[1] == "P") is not bool(found[3]))
        self._at = found.end()
        return True

    def _code(self) -> int:
        """Read an escape that stands for one character."""
        for syntax, base in ((_HEX, 16), (_OCTAL, 8)):
            found = syntax.match(self._pattern, self._at)
            if found is not None:
                code = int(found[1] or found[2], base)
                if code > _LAST:
                    raise self._wrong("there is no such character")
                self._at = found.end()
                return code
        one = self._pattern[self._at + 1 : self._at + 2]
        if one in _CONTROLS or (one.isascii() and not one.isalnum() and one):
            self._at += 2
            return _CONTROLS.get(one, ord(one))
        raise self._wrong(f"RE2 has no escape \\{one}")

    def _class(self) -> Node:
        found = Characters(fold="i" in self._flags)
        self._at += 1
        if self._rest("^"):
            found.invert()
            self._at += 1
        first = True
        while first or not self._rest("]"):
            if self._at >= len(self._pattern):
                raise self._wrong("there is a [ without its ]")
            first = False
            named = _NAMED_CLASS.match(self._pattern, self._at)
            if named is not None:
                if named[2] not in _POSIX:
                    raise self._wrong(f"{named[2]} is no class of characters")
                found.add(_POSIX[named[2]], negated=bool(named[1]))
                self._at = named.end()
            elif not (self._rest("\\") and self._shorthand(found)):
                low = high = self._class_code()
                if self._rest("-") and self._at + 1 < len(self._pattern) and self._pattern[self._at + 1] != "]":
                    self._at += 1
                    high = self._class_code()
                if high < low:
                    raise self._wrong("a range of characters is backwards")
                found.add(((low, high),))
        self._at += 1
        return ("one", found)

    def _class_code(self) -> int:
        if self._at >= len(self._pattern):
            raise self._wrong("there is a [ without its ]")
        if self._rest("\\"):
            return self._code()
        self._at += 1
        return ord(self._pattern[self._at - 1])
