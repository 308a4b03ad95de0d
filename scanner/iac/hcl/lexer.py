"""What HCL's text is made of: one expression for each state of its reader, and the extent of an expression.

The reader of blocks needs to know only where an expression ends; `Skimmer` finds that by brackets, quotes, heredocs
and interpolations, without a stack of calls, so that no depth of nesting can break it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

IDENTIFIER: Final = r"[^\W\d][\w-]*+"
_PLAIN_INTERPOLATION: Final = r"[$%]\{[^\"{}\n\\#/]*+\}"
#: a quoted template that needs no closer look to find its end
QUOTED: Final = rf'"(?:[^"\\$%\n]++|\\[^\n]|[$%](?!\{{)|{_PLAIN_INTERPOLATION})*+"'
#: no word that starts a line like this can stand inside an expression: an opening bracket was never closed
_TOP: Final = (
    r"(?:resource|data|module|variable|output|provider|check|ephemeral)[ \t]++\"[^\"\n]*+\"[^\n]*\{"
    r"|(?:locals|terraform|moved|removed|import)[ \t]*+\{"
)
TOP_LEVEL: Final = re.compile(_TOP)
ASSIGNMENT: Final = re.compile(rf"[ \t]*+{IDENTIFIER}[ \t]*+=(?![=>])")

#: one step through code: a run of what does not matter, and the mark that does
CODE: Final = re.compile(
    rf'(?:[^"#/<(){{}}\[\]\n,]++|{QUOTED})*+'
    r"(?:(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<newline>\n)|(?P<comma>,)"
    r"|(?P<comment>#[^\n]*+|//[^\n]*+|/\*(?s:.*?)\*/)"
    rf'|<<-?(?P<heredoc>{IDENTIFIER})[ \t]*+\r?+\n|(?P<quote>")|(?P<other>[/<])|(?P<end>\Z))'
)
#: one step through a quoted template
TEMPLATE: Final = re.compile(
    r'(?:[^"\\$%\n]++|\\[^\n]|\$\$\{|%%\{|[$%](?!\{))*+(?:(?P<quote>")|(?P<open>[$%]\{)|(?P<stop>\\?\n|\\?\Z))'
)
CLOSES: Final = {")": "(", "]": "[", "}": "{"}
DEEPEST: Final = 1000


@cache
def heredoc_step(marker: str) -> re.Pattern[str]:
    """Give the expression that finds the next interpolation or the end of a heredoc."""
    return re.compile(
        rf"^[ \t]*+(?P<marker>{re.escape(marker)})[ \t\r]*+$|\$\$\{{|%%\{{|(?P<open>[$%]\{{)", re.MULTILINE
    )


class Unclosed(Exception):
    """An expression has no end: what is open, where it was opened, and how far the reader went."""

    def __init__(self, message: str, at: int, reached: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.reached = reached


def _unclosed(opened: tuple[str, int], reached: int) -> Unclosed:
    mark, at = opened
    said = (
        f"the heredoc that begins here has no line {mark[2:]}"
        if mark[:2] == "<<"
        else f"the {mark[-1]} that is opened here is not closed"
    )
    return Unclosed(said, at, reached)


class Skimmer:
    """Finds where the expression ends that begins at an offset, and keeps the comments it passes."""

    __slots__ = ("broken", "comments", "mixed", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments: list[tuple[int, int]] = []
        #: quotes that are not closed on their line; what surrounds them is read on
        self.broken: list[int] = []
        #: the last expression holds something outside brackets (a comma) that needs a closer look
        self.mixed = False

    def skim(self, start: int) -> tuple[int, int]:
        """Give the end of the expression and the offset after what ended it, a newline or a closing brace (before it)."""
        text = self.text
        step = CODE.match
        stack: list[tuple[str, int]] = []
        position = start
        self.mixed = False
        while True:
            found = step(text, position)
            assert found is not None  # the end of the text is one of its marks
            kind = found.lastgroup
            here, position = found.start(kind or 0), found.end()
            if kind in ("newline", "end"):
                if not stack:
                    return here, position
                if kind == "end":
                    raise _unclosed(stack[-1], position)
                self._doubt(stack, position)
            elif kind == "comma":
                self.mixed = self.mixed or not stack
            elif kind == "open":
                stack.append((text[here], here))
                if len(stack) > DEEPEST:
                    raise Unclosed(f"brackets are nested deeper than {DEEPEST} levels", start, position)
            elif kind == "close":
                if not stack and text[here] == "}":
                    return here, here
                position = self._closed(stack, here, position)
            elif kind == "comment":
                self.comments.append((here, position))
            elif kind == "quote":
                stack.append(('"', here))
                position = self._template(stack, position)
            elif kind == "heredoc":
                stack.append(("<<" + text[here:position].split()[0], text.rfind("<<", 0, here)))
                position = self._template(stack, position)

    def _closed(self, stack: list[tuple[str, int]], here: int, position: int) -> int:
        """Close the bracket that is on top of the stack, and read on in the template around it, if there is one."""
        mark = self.text[here]
        if not stack:
            raise Unclosed(f"there is a {mark} that closes nothing", here, position)
        top = stack.pop()
        if top[0] in ("${", "%{") and mark == "}":
            return self._template(stack, position)
        if top[0] != CLOSES[mark]:
            raise _unclosed(top, position)
        return position

    def _doubt(self, stack: list[tuple[str, int]], position: int) -> None:
        """Stop at a line that cannot be inside the brackets that are open."""
        opened, at = stack[-1]
        if TOP_LEVEL.match(self.text, position) or (opened in "([" and ASSIGNMENT.match(self.text, position)):
            raise _unclosed((opened, at), position)

    def _template(self, stack: list[tuple[str, int]], position: int) -> int:
        """Read on in the template that is on top of the stack, to its end or to its next interpolation."""
        opened, begun = stack[-1]
        if opened == '"':
            found = TEMPLATE.match(self.text, position)
            assert found is not None  # its stop is one of its marks
            if found["quote"]:
                stack.pop()
            elif found["open"]:
                stack.append((found["open"], found.start("open")))
            else:
                self.broken.append(begun)
                stack.pop()
                while len(stack) > 1 and stack[-1][0] in ("${", "%{") and stack[-2][0] == '"':
                    del stack[-2:]
                return self.text.find("\n", found.start("stop"), found.end()) if "\n" in found["stop"] else found.end()
            return found.end()
        step = heredoc_step(opened[2:])
        while True:
            next_one = step.search(self.text, position)
            if next_one is None:
                raise _unclosed((opened, begun), len(self.text))
            position = next_one.end()
            if next_one["marker"]:
                stack.pop()
                return position
            if next_one["open"]:
                stack.append((next_one["open"], next_one.start("open")))
                return position
