"""The lines behind a plan: the blocks of the configuration it was made of, where that is at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from scanner.iac.block import Path as Steps
from scanner.iac.hcl.tree import Attribute, Body, HclBlock
from scanner.iac.terraform.configuration import Configuration, called
from scanner.iac.terraform.discover import Configurations
from scanner.iac.terraform.plan_tree import listing, mapping, steps_of
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot

_LARGEST: Final = 4 << 20


@dataclass(slots=True)
class Written:
    """A block as it is written: the places of its attributes, their text, and the module calls that lead to it."""

    block: HclBlock
    trail: tuple[Spot, ...]

    def spot(self, path: Steps) -> Spot | None:
        """Give the place of what stands at a path, or of the nearest above it."""
        found = _find(self.block.body, path)
        return found.spot if found is not None else self.block.header

    def text(self, path: Steps) -> str | None:
        """Give the text of the expression at a path; None where it is written in another way."""
        found = _find(self.block.body, path)
        if isinstance(found, Attribute) and found.name == path[-1]:
            return found.source
        return None


class Lines:
    """The configuration of a plan, found by the addresses of its resources."""

    def __init__(self, base: Path, source: Path) -> None:
        self._configurations = Configurations(base)
        self._start = os.path.abspath(source)  # noqa: PTH100  # as the readers of configurations name directories
        self._installed: dict[str, str] | None = None
        self._modules: dict[tuple[str, ...], tuple[Configuration, tuple[Spot, ...]] | None] = {}
        self.files: dict[str, None] = {}

    def find(self, address: str) -> Written | None:
        """Give the block that declares the resource at an address."""
        names = [str(name) for name, key in steps_of(address) if not key]
        path: list[str] = []
        while len(names) > 2 and names[0] == "module":
            path.append(names[1])
            names = names[2:]
        found = self._module(tuple(path))
        block = found[0].resources.get((names[0], names[1])) if found is not None and len(names) == 2 else None
        return Written(block, found[1]) if found is not None and block is not None else None

    def _module(self, path: tuple[str, ...]) -> tuple[Configuration, tuple[Spot, ...]] | None:
        if path not in self._modules:
            self._modules[path] = self._opened(path)
        return self._modules[path]

    def _opened(self, path: tuple[str, ...]) -> tuple[Configuration, tuple[Spot, ...]] | None:
        directory: str | None = self._start
        trail: tuple[Spot, ...] = ()
        if path:
            outer = self._module(path[:-1])
            call = outer[0].modules.get(path[-1]) if outer is not None else None
            if outer is None or call is None:
                return None
            directory = called(outer[0]).get(path[-1]) or self._modules_on_disk().get(".".join(path))
            trail = (*outer[1], call.header)
        if directory is None or not Path(directory).is_dir():
            return None
        configuration = self._configurations.of(directory)
        self.files.update(dict.fromkeys(configuration.files))
        return configuration, trail

    def _modules_on_disk(self) -> dict[str, str]:
        """Give the directories that `terraform init` has put the modules of registries into."""
        if self._installed is None:
            self._installed = {}
            file = Path(self._start) / ".terraform" / "modules" / "modules.json"
            try:
                if file.stat().st_size <= _LARGEST:
                    for one in listing(mapping(json.loads(file.read_bytes())).get("Modules")):
                        key, directory = mapping(one).get("Key"), mapping(one).get("Dir")
                        if isinstance(key, str) and isinstance(directory, str):
                            self._installed[key] = os.path.normpath(Path(self._start) / directory)
            except (OSError, ValueError, RecursionError):
                pass  # without it these modules have no lines, as without the directory
        return self._installed


def _find(body: Body, path: Steps) -> Attribute | HclBlock | None:
    """Give what is written at a path, or the nearest above it; None where not even its beginning is."""
    found: Attribute | HclBlock | None = None
    place = 0
    while place < len(path):
        name = "tags" if path[place] == "tags_all" else path[place]
        attribute = body.attributes.get(name) if isinstance(name, str) else None
        if attribute is not None:
            return attribute
        blocks = _blocks(body, name)
        number = path[place + 1] if place + 1 < len(path) else 0
        if not blocks:
            return found
        # the blocks of a set stand in another order in a plan, and a dynamic one makes several
        found = blocks[number] if isinstance(number, int) and 0 <= number < len(blocks) else blocks[-1]
        body = _content(found)
        place += 2 if isinstance(number, int) and place + 1 < len(path) else 1
    return found


def _blocks(body: Body, name: Any) -> list[HclBlock]:
    return [one for one in body.blocks if one.type == name or (one.type == "dynamic" and one.labels[:1] == (name,))]


def _content(block: HclBlock) -> Body:
    if block.type == "dynamic":
        return next((one.body for one in block.body.blocks if one.type == "content"), block.body)
    return block.body
