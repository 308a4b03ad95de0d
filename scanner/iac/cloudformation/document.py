"""Documents: template files as plain values, with the place of each of them by its path.

Short-form tags are written out (`!Sub x` is `{"Fn::Sub": "x"}`), aliases and merge keys followed. A tag that is none
of CloudFormation's keeps its mark (`{"!Rain::Module": …}`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field
from pathlib import Path
from typing import Any, Final, Protocol

from scanner.iac.block import Path as Steps
from scanner.iac.block import Problem
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot

#: CloudFormation takes 1 MB; a state of the AWS CLI or of a build may be somewhat longer
LARGEST: Final = 32 * 1024 * 1024
_NAMED: Final = re.compile(rb"""Resources["']?\s*:""")
_BEFORE: Final = frozenset(bytes((one,)) for one in b" \t\r\n\"'{,\xbf\xfe\xff")
_CHANGES: Final = re.compile(rb'"Changes"\s*:')
_OWN: Final = re.compile(rb"AWSTemplateFormatVersion|\bAWS::[A-Za-z0-9]+::[A-Za-z0-9]+")


class _Tree(Protocol):
    value: Any
    problems: list[Problem]

    def find(self, path: Steps) -> tuple[int, int]: ...


@dataclass(slots=True, eq=False)
class Document:
    """One file: its value (None where it could not be read), what is wrong with it, and places by path."""

    file: str
    text: str = ""
    value: Any = None
    problems: list[Problem] = field(default_factory=list)
    _tree: _Tree | None = None
    _lines: list[int] = field(default_factory=list)

    def spot(self, path: Steps = ()) -> Spot:
        """Give the place of what stands at a path, or of the nearest above it: the key with its value."""
        if self._tree is None:
            return Spot(self.file, 1)
        return self.span(*self._tree.find(path))

    def span(self, start: int, end: int) -> Spot:
        """Give the place of a stretch of the text, in characters from its beginning."""
        if not self._lines:
            self._lines = [0, *(found.end() for found in re.finditer("\n", self.text))]
        lines = self._lines
        line = bisect_right(lines, start)
        if end <= start:
            return Spot(self.file, line, start - lines[line - 1] + 1)
        last = bisect_right(lines, end)
        return Spot(self.file, line, start - lines[line - 1] + 1, last, end - lines[last - 1] + 1)

    def compose(self) -> None:
        """Read the text, as JSON where it looks like that, else as YAML."""
        from scanner.iac.cloudformation.yaml_tree import Broken, YamlTree  # noqa: PLC0415  # a plan needs no YAML

        if self.text.lstrip()[:1] in ("{", "["):
            from scanner.iac.cloudformation.json_tree import JsonTree  # noqa: PLC0415

            try:
                self._take(JsonTree(self.text, self.span))
            except Broken as error:
                if not self.file.endswith((".yaml", ".yml")):  # there it may be YAML in its flow style
                    message = f"is not well-formed JSON: {error}"
                    self.problems.append(
                        Problem(message, self.span(error.offset, error.offset), error.hint, broken=True)
                    )
            else:
                return
        try:
            self._take(YamlTree(self.text, self.span))
        except Broken as error:
            if not self.problems:
                message = f"is not well-formed YAML: {error}"
                self.problems.append(Problem(message, self.span(error.offset, error.offset), error.hint, broken=True))

    def _take(self, tree: _Tree) -> None:
        self._tree = tree
        self.value = tree.value
        self.problems += tree.problems


def read(path: Path, file: str, data: bytes | None = None) -> Document:
    """Read a file, whatever is in it; what cannot be read is among its problems."""
    if data is not None:
        return parse(data, file)
    document = Document(file)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            message = f"is {size / 1048576:.0f} MB long: no template is longer than {LARGEST // 1048576} MB"
            document.problems.append(Problem(message, Spot(file, 1), broken=True))
            return document
        if not path.is_file():
            document.problems.append(Problem("is no file", Spot(file, 1), broken=True))
            return document
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        document.problems.append(Problem(f"cannot be read: {why}", Spot(file, 1), broken=True))
        return document
    return parse(data, file)


def parse(data: bytes, file: str) -> Document:
    """Read what a file holds."""
    document = Document(file)
    try:
        document.text = _decode(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        document.problems.append(Problem("is not text in UTF-8", Spot(file, line), "save it in UTF-8", broken=True))
        return document
    document.compose()
    return document


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def may_be_template(data: bytes) -> bool:
    """Tell quickly whether a file is worth parsing as a template: it has a key `Resources`."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.replace(b"\0", b"")
    at = data.find(b"Resources")
    while at >= 0:
        if (at == 0 or data[at - 1 : at] in _BEFORE) and _NAMED.match(data, at):
            return True
        at = data.find(b"Resources", at + 1)
    return False


def may_be_change_set(data: bytes) -> bool:
    """Tell quickly whether a file is worth parsing as what `describe-change-set` answers."""
    return b'"ChangeSetName"' in data and _CHANGES.search(data) is not None


def names_types(data: bytes) -> bool:
    """Tell whether a file that does not parse was meant to be a template."""
    return _OWN.search(data) is not None


def is_template(value: Any) -> bool:
    """Tell whether a value is a template: Kubernetes, workflows and the like are mappings too."""
    if not isinstance(value, dict):
        return False
    if "AWSTemplateFormatVersion" in value:
        return True
    resources = value.get("Resources")
    if not isinstance(resources, dict):
        return False
    return any(
        (isinstance(one, dict) and "Type" in one) or (isinstance(one, list) and key.startswith("Fn::ForEach::"))
        for key, one in resources.items()
    )


def is_change_set(value: Any) -> bool:
    """Tell whether a value is what `aws cloudformation describe-change-set` answers."""
    return isinstance(value, dict) and isinstance(value.get("Changes"), list) and "ChangeSetName" in value
