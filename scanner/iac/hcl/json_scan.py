"""A reader of JSON that keeps where everything stands, and what it read before a mistake."""

from __future__ import annotations

import re
from typing import Any, Final

DEEPEST: Final = 100

_TOKEN: Final = re.compile(
    r"[ \t\r\n]*+(?:(?P<mark>[{}\[\],:])|(?P<text>\"(?:[^\"\\\x00-\x1f]++|\\[^\n])*+\")"
    r"|(?P<number>-?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)|(?P<word>true|false|null)|(?P<end>\Z)|(?P<wrong>.))"
)
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}


class Node:
    """A value: `kind` is object, list, text, number or word; an object holds triples (name, its offset, value).

    What a mistake cut off is `broken`: it holds what was read of it.
    """

    __slots__ = ("broken", "end", "kind", "start", "value")

    def __init__(self, kind: str, start: int, end: int, value: Any) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.value = value
        self.broken = False


class JsonMistake(Exception):
    """What was expected, at which offset, and what had been read before it."""

    def __init__(self, message: str, at: int, read: Node | None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.read = read


def scan(text: str, position: int = 0) -> Node:
    """Read a whole text."""
    return _Scanner(text).read(position)


class _Scanner:
    """Reads one text without a stack of calls."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[Node] = []
        self.names: list[tuple[str, int]] = []
        self.root: Node | None = None

    def read(self, position: int) -> Node:
        """Read the text from an offset to its end."""
        state = "value"
        while True:
            found = _TOKEN.match(self.text, position)
            assert found is not None  # `wrong` takes whatever there is
            kind = found.lastgroup or "wrong"
            start, position = found.start(kind), found.end()
            said = found[kind]
            if state == "done":
                if kind != "end":
                    raise JsonMistake("expected the end of the file", start, self.root)
                assert self.root is not None  # a value was read
                return self.root
            if kind in ("end", "wrong"):
                raise JsonMistake(f"expected {self._wanted(state)}", start, self._rest(start))
            state = self._take(state, kind, said, start, position)

    def _take(self, state: str, kind: str, said: str, start: int, end: int) -> str:
        """Take one token, and give what is expected next."""
        if state.startswith("name"):
            if kind == "text":
                self.names.append((self._decoded(said, start), start))
                return "colon"
            if said == "}" and state == "name or }":
                return self._close(end)
        elif state == "colon":
            if said == ":":
                return "value"
        elif state == "comma":
            if said == ",":
                return "name" if self.open[-1].kind == "object" else "value"
            if said == ("}" if self.open[-1].kind == "object" else "]"):
                return self._close(end)
        elif said == "]" and state == "value or ]":
            return self._close(end)
        elif kind != "mark":
            return self._add(
                Node(kind, start, end, self._decoded(said, start) if kind == "text" else _WORDS.get(said, said))
            )
        elif said in "{[":
            if len(self.open) >= DEEPEST:
                raise JsonMistake(f"it is nested deeper than {DEEPEST} levels", start, self._rest(start))
            self.open.append(Node("object" if said == "{" else "list", start, end, []))
            return "name or }" if said == "{" else "value or ]"
        # never the text or the number itself: it may be a secret
        told = said if kind == "mark" else f"a {kind}"
        raise JsonMistake(f"expected {self._wanted(state)}, not {told}", start, self._rest(start))

    def _add(self, node: Node) -> str:
        """Put a value where it belongs."""
        if not self.open:
            self.root = node
            return "done"
        outer = self.open[-1]
        if outer.kind == "object":
            name, at = self.names.pop()
            outer.value.append((name, at, node))
        else:
            outer.value.append(node)
        return "comma"

    def _close(self, end: int) -> str:
        node = self.open.pop()
        node.end = end
        return self._add(node)

    def _rest(self, end: int) -> Node | None:
        """Close what is open, so that what was read is not lost."""
        while self.open:
            node = self.open.pop()
            node.end = end
            node.broken = True
            if len(self.names) > sum(one.kind == "object" for one in self.open):
                self.names.pop()
            self._add(node)
        return self.root

    def _wanted(self, state: str) -> str:
        if state == "comma":
            opened = self.open[-1]
            return "a comma or }" if opened.kind == "object" else "a comma or ]"
        return {"name": "a name in quotes", "name or }": "a name in quotes or }", "colon": "a colon"}.get(
            state, "a value"
        )

    def _decoded(self, said: str, start: int) -> str:
        if "\\" not in said:
            return said[1:-1]
        import json  # noqa: PLC0415  # few texts have escapes

        try:
            decoded: str = json.loads(said)
        except ValueError as error:
            raise JsonMistake("there is an escape in this text that is none", start, self._rest(start)) from error
        return decoded
