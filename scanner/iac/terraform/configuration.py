"""Configurations: what the files of one directory declare together, overrides merged, before anything is evaluated."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any, Final

from scanner.iac.block import Problem
from scanner.iac.hcl.tree import Attribute, Body, HclBlock
from scanner.iac.terraform.documents import Documents, overrides, under
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot

#: what a block of each type is called by, in number of labels
LABELS: Final = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1}

_TEXT: Final = re.compile(r'\s*"((?:[^"\\$%]|\\["\\]|[$%](?!\{))*)"\s*\Z')
_BARE: Final = re.compile(r"[\s\"]+")

Pair = tuple[str, str]


@dataclass(slots=True, eq=False)
class Configuration:
    """One directory as a module: everything by its name, in the order in which it is written."""

    directory: str
    name: str
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    variables: dict[str, HclBlock] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    outputs: dict[str, HclBlock] = field(default_factory=dict)
    resources: dict[Pair, HclBlock] = field(default_factory=dict)
    data: dict[Pair, HclBlock] = field(default_factory=dict)
    ephemeral: dict[Pair, HclBlock] = field(default_factory=dict)
    modules: dict[str, HclBlock] = field(default_factory=dict)
    #: by local name, with the alias after a dot
    providers: dict[str, HclBlock] = field(default_factory=dict)
    #: where the first mistake of syntax is: what is not found may have been lost there
    damaged: Spot | None = None
    #: old and new address, as they are written inside the module
    moved: list[Pair] = field(default_factory=list)


def text_of(attribute: Attribute | None) -> str | None:
    """Give an attribute that is a text without anything to evaluate."""
    found = _TEXT.match(attribute.source) if attribute is not None else None
    return re.sub(r"\\(.)", r"\1", found.group(1)) if found else None


def address_of(attribute: Attribute | None) -> str:
    """Give an address or the name of a provider as it is written, bare or quoted, without what is of no matter."""
    if attribute is None:
        return ""
    bare = "".join(line.split("#")[0].split("//")[0] for line in attribute.source.splitlines()).strip()
    if bare.startswith('"') and bare.endswith('"') and len(bare) > 1:  # JSON, and what Terraform 0.11 wrote
        bare = bare[1:-1].replace('\\"', '"')
    return re.sub(r"\s+(?=[.\[\]])|(?<=[.\[])\s+", "", bare)


def local_source(call: HclBlock) -> str | None:
    """Give the relative path that a module call names; None if its source is something else."""
    source = text_of(call.body.attributes.get("source"))
    if (source is not None and source.startswith(("./", "../"))) or source in {".", ".."}:
        return source
    return None


def called(configuration: Configuration) -> dict[str, str]:
    """Give the directories that a configuration's module calls point to, by the name of the call."""
    found = {}
    for name, call in configuration.modules.items():
        source = local_source(call)
        if source is not None:
            found[name] = under(configuration.directory, source)
    return found


def configure(directory: str, documents: Documents) -> Configuration:
    """Read a directory."""
    made = Configuration(directory, documents.name(directory))
    reader = _Reader(made)
    names = documents.configuration(directory)
    if directory in documents.unlisted:
        made.damaged = Spot(made.name, 1)
        made.problems.append(Problem(documents.unlisted[directory], made.damaged, broken=True))
    for name in names:
        document = documents.document(under(directory, name))
        made.files.append(document.file)
        made.problems += [Problem(wrong.message, wrong.spot, broken=wrong.broken) for wrong in document.wrong]
        if document.wrong and made.damaged is None:
            made.damaged = document.wrong[0].spot
        reader.override = overrides(name)
        for block in document.body.blocks:
            reader.take(block)
    return made


class _Reader:
    """Puts the blocks of the files together."""

    def __init__(self, made: Configuration) -> None:
        self.made = made
        self.override = False

    def take(self, block: HclBlock) -> None:
        """Put one block in its place."""
        type_ = block.type
        if type_ == "locals":
            self._locals(block)
        elif type_ == "moved":
            old, new = (address_of(block.body.attributes.get(one)) for one in ("from", "to"))
            if "." in old and "." in new:
                self.made.moved.append((old, new))
        elif type_ in LABELS:
            if len(block.labels) != LABELS[type_] or not all(block.labels):
                wanted = "a type and a name" if LABELS[type_] == 2 else "a name"
                self._problem(f'a block of type "{type_}" must have {wanted}, and no more', block.header)
                return
            self._keep(block)

    def _locals(self, block: HclBlock) -> None:
        for name, attribute in block.body.attributes.items():
            before = self.made.locals.get(name)
            if before is not None and not self.override:
                self._problem(f"local.{name} is declared twice: first in {before.spot.said}", attribute.spot)
                continue
            self.made.locals[name] = attribute

    def _keep(self, block: HclBlock) -> None:
        type_ = block.type
        kept: dict[Any, HclBlock]
        key: Any
        if LABELS[type_] == 2:
            kept = {"resource": self.made.resources, "data": self.made.data, "ephemeral": self.made.ephemeral}[type_]
            key = (block.labels[0], block.labels[1])
            said = ".".join(block.labels if type_ == "resource" else (type_, *block.labels))
        else:
            kept = {
                "module": self.made.modules,
                "variable": self.made.variables,
                "output": self.made.outputs,
                "provider": self.made.providers,
            }[type_]
            key = block.labels[0]
            if type_ == "provider" and (alias := text_of(block.body.attributes.get("alias"))):
                key = f"{key}.{alias}"
            said = f"{type_}.{key}"
        before = kept.get(key)
        if before is None:
            if self.override and type_ != "provider":
                self._problem(f"{said} overrides nothing: no other file of the directory declares it", block.header)
            kept[key] = block
        elif self.override:
            kept[key] = merge(before, block)
        else:
            self._problem(
                f"{said} is declared twice: first in {before.header.said}; this one is not read", block.header
            )

    def _problem(self, message: str, spot: Spot) -> None:
        self.made.problems.append(Problem(message, spot, broken=True))


def merge(before: HclBlock, override: HclBlock) -> HclBlock:
    """Give a block as an override file changes it: attributes one by one, nested blocks all of a type together."""
    attributes = before.body.attributes | override.body.attributes
    replaced = {nested_type(one) for one in override.body.blocks} - {"lifecycle"}
    blocks = [one for one in before.body.blocks if nested_type(one) not in replaced]
    for one in override.body.blocks:
        if one.type == "lifecycle":  # its arguments are merged one by one
            place = next((number for number, other in enumerate(blocks) if other.type == "lifecycle"), None)
            if place is not None:
                blocks[place] = merge(blocks[place], one)
                continue
        blocks.append(one)
    made = HclBlock(before.type, before.labels, before.lines, before.start, before.header_end)
    made.end = before.end
    made.body = Body(attributes, blocks, before.body.damaged or override.body.damaged)
    return made


def nested_type(block: HclBlock) -> str:
    """Give the type of block that stands here once dynamic blocks are written out."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type
