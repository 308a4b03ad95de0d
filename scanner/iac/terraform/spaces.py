"""Spaces: what the names of Terraform's language stand for inside a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanner.iac import naming
from scanner.iac.block import ABSENT, Block
from scanner.iac.hcl.evaluate import settle
from scanner.iac.hcl.functions import OF_A_PLACE
from scanner.iac.hcl.values import EvaluationError, Namespace, Object, Scope, Tuple
from scanner.iac.terraform.content import Content
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.terraform.module import Module
    from scanner.iac.terraform.providers import Provider

_PLACES = frozenset({"each", "count", "self"})


class ModuleScope(Scope):
    """The names that every expression of a module can use."""

    __slots__ = ("meter", "module")

    def __init__(self, module: Module) -> None:
        self.module = module
        self.meter = module.run.meter

    def get(self, name: str) -> Any:
        """Give what the first name of a reference stands for."""
        if name == "var":
            return _Lookup(self.module.variable)
        if name == "local":
            return _Lookup(self.module.local)
        if name == "module":
            return _Lookup(self.module.call)
        if name == "data":
            return _Types(self.module, "data")
        if name == "path":
            return _Lookup(self.module.path_of)
        if name in ("terraform", "tofu"):
            return _Lookup(self.module.terraform)
        if name == "ephemeral":
            return _Types(self.module, "ephemeral")
        if name in _PLACES:
            raise EvaluationError(f"{name} means nothing here")
        return _Named(self.module, "resource", name)

    def function(self, name: str) -> Any:
        """Give a function that reads files or templates, as this module sees them."""
        return self.module.run.functions.get(name) if name in OF_A_PLACE else None


class _Lookup(Namespace):
    """Names that are looked up one by one."""

    __slots__ = ("find",)

    def __init__(self, find: Any) -> None:
        self.find = find

    def attribute(self, name: str, spot: Spot | None) -> Any:
        return self.find(name, spot)


class _Types(Namespace):
    """`data`: the types below it."""

    __slots__ = ("mode", "module")

    def __init__(self, module: Module, mode: str) -> None:
        self.module = module
        self.mode = mode

    def attribute(self, name: str, spot: Spot | None) -> Any:  # noqa: ARG002  # any name may be a type
        return _Named(self.module, self.mode, name)


class _Named(Namespace):
    """`aws_kms_key` or `data.aws_kms_key`: the names below it."""

    __slots__ = ("mode", "module", "type")

    def __init__(self, module: Module, mode: str, type_: str) -> None:
        self.module = module
        self.mode = mode
        self.type = type_

    def attribute(self, name: str, spot: Spot | None) -> Any:
        return self.module.reference(self.mode, self.type, name, spot)


class Instances(Namespace):
    """The instances that `count` or `for_each` makes of a resource or a module."""

    __slots__ = ("address", "all")

    def __init__(self, address: str, all_: dict[Any, Any]) -> None:
        self.address = address
        self.all = all_

    def attribute(self, name: str, spot: Spot | None) -> Any:
        """Give the instance of that key, which may be written with a dot too."""
        return self.index(name, spot)

    def index(self, key: Any, spot: Spot | None) -> Any:
        """Give one instance."""
        if isinstance(key, Unresolved):
            return Unresolved(
                f"which of the instances of {self.address} is meant is not settled: {key.why}", key.refs, spot
            )
        numbers = not any(isinstance(one, str) for one in self.all)
        if numbers and isinstance(key, str) and key.isdecimal():
            key = int(key)
        if isinstance(key, (str, int, float)) and not isinstance(key, bool) and key in self.all:
            return self.all[key]
        shown = f'"{key}"' if isinstance(key, str) else str(key)
        raise EvaluationError(f"{self.address}[{shown}] does not exist: it has {len(self.all) or 'no'} instances", spot)

    def pairs(self, spot: Spot | None) -> list[tuple[Any, Any]]:  # noqa: ARG002
        """Give all instances by their keys."""
        return list(self.all.items())

    def value(self, spot: Spot | None) -> Any:
        """Give all instances as plain data."""
        values = {key: one.value(spot) for key, one in self.all.items()}
        return Object(values) if any(isinstance(one, str) for one in values) else Tuple(values.values())


class Missing(Namespace):
    """What cannot be seen, whatever is asked of it: a module that is not on disk."""

    __slots__ = ("address", "why")

    def __init__(self, address: str, why: str) -> None:
        self.address = address
        self.why = why

    def attribute(self, name: str, spot: Spot | None) -> Any:
        """Give nothing, for the reason."""
        return Unresolved(self.why, (f"{self.address}.{name}",), spot)

    def index(self, key: Any, spot: Spot | None) -> Any:  # noqa: ARG002  # every instance is as unseen
        """Give an instance, of which nothing is seen either."""
        return self

    def pairs(self, spot: Spot | None) -> Unresolved:
        """Give nothing: there may be one or many."""
        return Unresolved(self.why, (self.address,), spot)

    def value(self, spot: Spot | None) -> Any:
        """Give nothing, for the reason."""
        return Unresolved(self.why, (self.address,), spot)


class One(Namespace):
    """One instance of a resource or of a data source."""

    __slots__ = ("address", "block", "content", "mode", "module", "provider", "type")

    def __init__(self, module: Module, mode: str, type_: str, address: str, content: Content) -> None:
        self.module = module
        self.mode = mode
        self.type = type_
        self.address = address
        self.content = content
        self.block: Block | None = None
        self.provider: Provider | None = None

    def attribute(self, name: str, spot: Spot | None) -> Any:
        """Give what the code sets, else what is known of the resource without it."""
        ref = (f"{self.address}.{name}",)
        if self.mode == "data":
            from scanner.iac.terraform.data import answer  # noqa: PLC0415  # few modules ask AWS nothing

            return answer(self, name, spot)
        if self.mode == "ephemeral":
            return Unresolved(f"{self.address}.{name} is ephemeral: it is never stored", ref, spot)
        value = self.content.at(name)
        if value is None and self.type == "terraform_data" and name == "output":
            value = self.content.at("input")
        if self.block is not None and (value is None or type(value) is Unresolved):
            # A name that is left open still names this resource and no other: what refers to it is joined to it.
            identity = naming.export(self.block, name)
            value = identity if value is None or isinstance(identity, str) else value
        if value is None or value is ABSENT:
            return Unresolved(f"{self.address}.{name} is known after apply", ref, spot)
        return value

    def value(self, spot: Spot | None) -> Any:
        """Give nothing: a resource has attributes that are not in the code."""
        why = f"{self.address} is used as a whole, and not all of its attributes are in the code"
        return Unresolved(why, (self.address,), spot)


class Outputs(Namespace):
    """What a module gives back."""

    __slots__ = ("_all", "module")

    def __init__(self, module: Module) -> None:
        self.module = module
        self._all: Any = None

    def attribute(self, name: str, spot: Spot | None) -> Any:
        """Give one output."""
        return self.module.output(name, spot)

    def value(self, spot: Spot | None) -> Any:
        """Give all outputs."""
        if self._all is None:
            self._all = Object(
                (name, settle(self.module.output(name, spot), spot)) for name in self.module.configuration.outputs
            )
        return self._all
