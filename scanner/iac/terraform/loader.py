"""The loader: a directory of Terraform configuration is read into code, with every resource it declares."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from scanner.iac.block import Code, Problem
from scanner.iac.hcl.meter import Meter
from scanner.iac.hcl.tree import HclBlock
from scanner.iac.terraform.configuration import Configuration, local_source, text_of
from scanner.iac.terraform.content import MOST, settled
from scanner.iac.terraform.discover import Configurations, roots
from scanner.iac.terraform.documents import absolute, under
from scanner.iac.terraform.expansion import Expansion
from scanner.iac.terraform.module import Module
from scanner.iac.terraform.moves import former, moves_of
from scanner.iac.terraform.providers import Places
from scanner.iac.terraform.variables import Given, Text, given
from scanner.iac.terraform.weight import Scales
from scanner.model.reading import Source, Spot

#: how deep module calls go, how many modules a root has, and how many instances of resources, before it is cut short
DEEPEST: Final = 32
MODULES: Final = 5_000
INSTANCES: Final = 100_000

_INIT: Final = "run terraform init, or judge the plan"


class Run:
    """One root while it is read: what all its modules share."""

    def __init__(
        self, configurations: Configurations, directory: str, workspace: str, places: Places, set_: Given
    ) -> None:
        self.configurations = configurations
        self.directory = directory
        self.root = configurations.documents.name(directory)
        self.workspace = workspace
        self.places = places
        self.given = set_
        self.scales = Scales()
        self.meter = Meter()
        self.code = Code(self.root, Source.TERRAFORM, "hcl")
        self._left = INSTANCES
        self._modules = 0
        self._said: set[tuple[str, Spot]] = set()
        self._manifest: dict[str, str] | None = None
        self._entered: set[str] = set()
        self._functions: Mapping[str, Any] | None = None
        self.code.files += set_.files
        for one in set_.problems:
            self.report(one)

    def report(self, problem: Problem) -> None:
        """Report what may hide resources, once for each place, however many instances of a module it is in."""
        key = (problem.message.replace(problem.address, "") if problem.address else problem.message, problem.spot)
        if key not in self._said:
            self._said.add(key)
            self.code.problems.append(problem)

    @property
    def functions(self) -> Mapping[str, Any]:
        """The functions that read files: relative paths begin at the root's directory, in whichever module they are."""
        if self._functions is None:
            from scanner.iac.terraform.templates import place_functions  # noqa: PLC0415  # few modules read files

            documents = self.configurations.documents
            self._functions = place_functions(self.directory, documents, self._note, self._seek, self.meter)
        return self._functions

    def _note(self, file: Path) -> None:
        name = self.configurations.documents.name(str(file))
        if name not in self.code.files:
            self.code.files.append(name)

    def _seek(self, path: Path) -> None:
        self.code.sought.add(self.configurations.documents.name(os.path.normpath(path)))

    def room(self) -> int:
        """Give how many instances a block may have."""
        return min(MOST, self._left)

    def spend(self, address: str, block: HclBlock, made: Expansion) -> None:
        """Count instances, and report those that are not told apart."""
        self._left -= len(made.instances) if made.repeated else 0
        if made.excess:
            assert made.why is not None  # it is why they are not told apart
            hint = "one instance stands for all of them; judge the plan to see each"
            self.report(Problem(made.why.why, made.why.spot or block.header, hint, address))

    def enter(self, directory: str) -> Configuration:
        """Give a directory's configuration, whose files and mistakes then belong to this root."""
        made = self.configurations.of(directory)
        if directory not in self._entered:
            self._entered.add(directory)
            self.code.files += [one for one in made.files if one not in self.code.files]
            for one in made.problems:
                self.report(one)
        return made

    def target(self, module: Module, call: HclBlock, address: str) -> Configuration | str:
        """Give the configuration that a module call points to, or why it cannot be seen."""
        source = self._source(module, call)
        relative = local_source(call) if source is not None else None
        if relative is None and source is not None and source.startswith(("./", "../")):
            relative = source
        hint, broken = _INIT, False
        if relative is not None:
            directory = under(module.configuration.directory, relative)
            hint, broken = "the directory is not there, or holds no configuration", True
        else:
            directory = self._installed(f"{module.key}.{call.labels[0]}" if module.key else call.labels[0])
        why = ""
        if source is None:
            why = f"{address} is not on disk: its source is not settled"
        elif not directory or not self.configurations.documents.configuration(directory):
            why = f"{address} is not on disk: {_said(source)}"
        elif self._calls_itself(module, directory):
            why, hint = (
                f"{address} calls a module that it is part of: {source}",
                "Terraform refuses modules in a circle",
            )
            broken = True
        elif module.depth >= DEEPEST:
            why, hint = f"{address} is not looked into: modules are nested deeper than {DEEPEST}", ""
            broken = False
        elif self._modules >= MODULES:
            why, hint = f"{address} is not looked into: there are more than {MODULES} modules", "judge the plan"
            broken = False
        if why:
            self.report(Problem(why, call.header, hint, address, broken))
            return why
        self._modules += 1
        return self.enter(directory)

    def _source(self, module: Module, call: HclBlock) -> str | None:
        attribute = call.body.attributes.get("source")
        if attribute is None:
            return None
        found = text_of(attribute)
        if found is None:  # OpenTofu allows variables here
            value = settled(attribute, module.scope)
            found = value if isinstance(value, str) else None
        return found

    def _calls_itself(self, module: Module, directory: str) -> bool:
        real = os.path.realpath(directory)
        here: Module | None = module
        while here is not None:
            if os.path.realpath(here.configuration.directory) == real:
                return True
            here = here.outer
        return False

    def _installed(self, key: str) -> str:
        """Give where `terraform init` put a module: always below the root's own `.terraform`."""
        if self._manifest is None:
            self._manifest = self._read_manifest()
        relative = self._manifest.get(key)
        if relative is None:
            return ""
        directory = under(self.directory, relative)
        below = os.path.realpath(under(self.directory, ".terraform")) + os.sep
        return directory if os.path.realpath(directory).startswith(below) else ""

    def _read_manifest(self) -> dict[str, str]:
        path = Path(self.directory, ".terraform", "modules", "modules.json")
        try:
            if path.exists() and not path.is_file():  # a pipe would be waited for
                raise ValueError("it is no file")  # noqa: TRY301
            modules = json.loads(path.read_text("utf-8"))["Modules"]
            return {one["Key"]: one["Dir"] for one in modules if isinstance(one["Dir"], str)}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            name = self.configurations.documents.name(str(path))
            self.report(Problem(f"{name} cannot be read: {error}", Spot(name, 1), _INIT))
            return {}

    def read(self) -> Code:
        """Read the root and everything below it."""
        main = Module(self, self.enter(self.directory))
        for name in ("aws", *main.configuration.providers):  # in this order places are called by them
            if name.split(".")[0] == "aws":
                main.provider(name)
        waiting = [main]
        while waiting:
            module = waiting.pop()
            for declared in module.declared["resource"].values():
                try:
                    declared.expansion()
                except RecursionError:
                    why = f"{declared.address} is nested too deeply to be worked out"
                    self.report(Problem(why, declared.block.header, "", declared.address))
                    continue
                ones = [*declared.instances.values(), *([declared.template] if declared.template else [])]
                self.code.blocks += [one.block for one in ones if one.block is not None]
            for call in reversed(module.calls.values()):
                try:
                    waiting += reversed(call.modules())
                except RecursionError:
                    why = f"{call.address} is nested too deeply to be worked out"
                    self.report(Problem(why, call.block.header, "", call.address))
        self.code.moved = former(self.code.blocks, moves_of(main))
        return self.code


def _said(source: str) -> str:
    """Name a module's source by its kind."""
    bare = source.split("//", maxsplit=1)[0]
    if source.startswith(("./", "../", "/")) or "::" in source or ":" in bare or bare.count("/") not in (2, 3):
        return source
    first = bare.split("/")[0]
    if "." in first and bare.count("/") == 2:
        return source  # a host of a version control system
    return f"registry module {source}"


def load(  # everything a root may be given
    base: Path,
    root: Path,
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Sequence[Path] = (),
    workspace: str = "default",
    region: str = "",
    account: str = "",
    configurations: Configurations | None = None,
) -> Code:
    """Read a root module and all that it calls.

    `variables` given as texts are read as Terraform reads them on its command line. `configurations` is shared by the
    roots of one run, so that each file is parsed once.
    """
    shared = configurations or Configurations(base)
    directory = absolute(root)
    texts = {name: Text(value) if isinstance(value, str) else value for name, value in (variables or {}).items()}
    set_ = given(directory, shared.documents, [str(one) for one in var_files], texts)
    run = Run(shared, directory, workspace, Places(region, account), set_)
    for one in shared.told():
        run.report(one)
    return run.read()


def load_all(path: Path, **options: Any) -> list[Code]:
    """Read every root under a path."""
    base = path if path.is_dir() else path.parent
    shared = Configurations(base)
    return [load(base, root, configurations=shared, **options) for root in roots(path, shared)]
