"""Modules: one instance of a configuration, with the values it is given; everything in it is worked out on demand."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.block import Block
from scanner.iac.hcl.evaluate import evaluate
from scanner.iac.hcl.expressions import parse_expression
from scanner.iac.hcl.tree import Attribute, HclBlock
from scanner.iac.hcl.values import EvaluationError, Scope
from scanner.iac.terraform.configuration import Configuration
from scanner.iac.terraform.content import Content, With, pairs_of, worked
from scanner.iac.terraform.expansion import Expansion, Instance, expand, quoted, within
from scanner.iac.terraform.providers import Provider, named, partition_of, passed
from scanner.iac.terraform.spaces import Instances, Missing, ModuleScope, One, Outputs
from scanner.iac.terraform.tags import add_tags
from scanner.iac.terraform.variables import UNSET, Constants, Declaration
from scanner.model.arn import stand_in
from scanner.model.reading import Source, Spot
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.terraform.loader import Run

_RUNNING: Final = object()

#: the region of these is what they are about, not where they are
_OTHER_REGION: Final = frozenset({"aws_config_aggregate_authorization"})


class Declared:
    """A resource or data block in one module: its instances."""

    __slots__ = ("_expansion", "address", "block", "instances", "mode", "module", "template")

    def __init__(self, module: Module, mode: str, block: HclBlock) -> None:
        self.module = module
        self.mode = mode
        self.block = block
        words = block.labels if mode == "resource" else (mode, *block.labels)
        self.address = module.within(".".join(words))
        self.instances: dict[Any, One] = {}
        self.template: One | None = None
        self._expansion: Expansion | object | None = None

    def expansion(self) -> Expansion:
        """Give its instances, written out when they are first asked for."""
        if self._expansion is _RUNNING:
            raise EvaluationError(f"the number of instances of {self.address} depends on itself", self.block.header)
        if self._expansion is None:
            self._expansion = _RUNNING
            try:
                made = expand(self.block, self.module.scope, self.address, self.module.run.room)
                self.instances = {key: self._make(one) for key, one in made.instances.items()}
                self.template = self._make(made.template) if made.template is not None else None
            except BaseException:
                self._expansion = None
                raise
            self.module.run.spend(self.address, self.block, made)
            self._expansion = made
        assert isinstance(self._expansion, Expansion)
        return self._expansion

    def _make(self, instance: Instance) -> One:
        block = self.block
        address = self.address + instance.suffix
        scope = within(self.module.scope, instance)
        content = Content(block, scope, address)
        type_ = block.labels[0]
        made = One(self.module, self.mode, type_, address, content)
        if type_.startswith("aws_") and self.mode != "ephemeral":
            made.provider = self.module.provider(named(block.body.attributes.get("provider"), type_), scope)
            if self.mode == "resource":
                made.block = self._block(instance, content, made.provider, address)
        return made

    def _block(self, instance: Instance, content: Content, provider: Provider, address: str) -> Block:
        module = self.module
        type_ = self.block.labels[0]
        region = provider.region
        if "region" in content.body.attributes and type_ not in _OTHER_REGION:
            own = content.at("region")
            if isinstance(own, str) and own:
                region = own
            elif isinstance(own, Unresolved):
                region = stand_in(module.within(content.body.attributes["region"].source.strip()))
        add_tags(content, provider, type_)
        return Block(
            Source.TERRAFORM,
            type_,
            address,
            module.run.root,
            content,
            self.block.header,
            content.spot,
            region,
            provider.account,
            partition_of(region),
            module.trail,
            module.doubt if instance.doubt is None else instance.doubt,
        )

    def reference(self, spot: Spot | None) -> Any:
        """Give what its name stands for in an expression."""
        made = self.expansion()
        if made.why is not None:
            return Unresolved(made.why.why, (self.address,), spot or made.why.spot)
        return Instances(self.address, self.instances) if made.repeated else self._single()

    def _single(self) -> Any:
        if None in self.instances:
            return self.instances[None]
        return None  # it is not enabled


class Call:
    """A module call: the modules it makes, one for each of its instances."""

    __slots__ = ("_reference", "address", "block", "expansion", "instances", "module", "template")

    def __init__(self, module: Module, block: HclBlock) -> None:
        self.module = module
        self.block = block
        self.address = module.within(f"module.{block.labels[0]}")
        self.instances: dict[Any, Module] = {}
        self.template: Module | None = None
        self.expansion = Expansion()
        self._reference: Any = None

    def modules(self) -> list[Module]:
        """Give its modules."""
        self.reference(None)
        return [*self.instances.values(), *([self.template] if self.template else [])]

    def reference(self, spot: Spot | None) -> Any:
        """Give what its name stands for in an expression."""
        if self._reference is _RUNNING:
            raise EvaluationError(f"the number of instances of {self.address} depends on itself", self.block.header)
        if self._reference is None:
            self._reference = _RUNNING
            try:
                self._reference = self._work_out()
            except BaseException:
                self._reference = None
                raise
        if isinstance(self._reference, Unresolved):
            return Unresolved(self._reference.why, (self.address,), spot or self._reference.spot)
        return self._reference

    def _work_out(self) -> Any:
        run = self.module.run
        found = run.target(self.module, self.block, self.address)
        if isinstance(found, str):
            return Missing(self.address, found)
        made = self.expansion = expand(self.block, self.module.scope, self.address, run.room)
        run.spend(self.address, self.block, made)
        self.instances = {key: self._make(found, one) for key, one in made.instances.items()}
        if made.template is not None:
            self.template = self._make(found, made.template)
        if made.why is not None:
            return made.why
        outputs = {key: Outputs(one) for key, one in self.instances.items()}
        return Instances(self.address, outputs) if made.repeated else outputs.get(None)

    def _make(self, configuration: Configuration, instance: Instance) -> Module:
        outer = self.module
        return Module(outer.run, configuration, self.address + instance.suffix, outer, self.block, instance)


class Module:
    """One instance of a configuration."""

    def __init__(  # it is made in two places
        self,
        run: Run,
        configuration: Configuration,
        path: str = "",
        outer: Module | None = None,
        call: HclBlock | None = None,
        instance: Instance | None = None,
    ) -> None:
        self.run = run
        self.configuration = configuration
        self.path = path
        self.outer = outer
        self.arguments = call.body.attributes if call is not None else {}
        self.scope: Scope = ModuleScope(self)
        self.caller: Scope | None = (
            within(outer.scope, instance) if outer is not None and instance is not None else None
        )
        self.key: str = ".".join(filter(None, (outer.key if outer else "", call.labels[0] if call else "")))
        self.trail: tuple[Spot, ...] = (*outer.trail, call.header) if outer and call is not None else ()
        self.doubt: Unresolved | None = outer.doubt if outer is not None else None
        if instance is not None and instance.doubt is not None:
            self.doubt = instance.doubt
        self.depth: int = outer.depth + 1 if outer is not None else 0
        self.damaged = configuration.damaged
        self._values: dict[tuple[str, str], Any] = {}
        self._providers: dict[str, Provider | None] = {}
        self._passed = dict(passed(self.arguments["providers"])) if "providers" in self.arguments else {}
        self.declared = {
            mode: {pair: Declared(self, mode, block) for pair, block in blocks.items()}
            for mode, blocks in (
                ("resource", configuration.resources),
                ("data", configuration.data),
                ("ephemeral", configuration.ephemeral),
            )
        }
        self.calls = {name: Call(self, block) for name, block in configuration.modules.items()}

    def within(self, address: str) -> str:
        """Give an address of this module as the root sees it."""
        return f"{self.path}.{address}" if self.path else address

    def _once(self, key: tuple[str, str], work: Callable[[], Any], where: Attribute | HclBlock) -> Any:
        found = self._values.get(key, self)
        if found is _RUNNING:
            said = self.within(".".join(key))
            return Unresolved(f"{said} refers to itself ({where.spot.said})", (said,), where.spot)
        if found is self:
            self._values[key] = _RUNNING
            try:
                found = work()
            except BaseException:
                del self._values[key]
                raise
            found = self._values[key] = self.run.scales.checked(found, self.within(".".join(key)), where)
        return found

    def undeclared(self, address: str, spot: Spot | None) -> Unresolved:
        """Say that something is not declared: a mistake, unless it may be in what could not be read."""
        address = self.within(address)
        if self.damaged is None:
            raise EvaluationError(f"{address} is not declared", spot)
        return Unresolved(f"{address} is not declared in what could be read ({self.damaged.said})", (address,), spot)

    def variable(self, name: str, spot: Spot | None) -> Any:
        """Give the value of `var.name`."""
        block = self.configuration.variables.get(name)
        if block is None:
            return self.undeclared(f"var.{name}", spot)

        def work() -> Any:
            said = self.within(f"var.{name}")
            declaration = Declaration(name, block, said, block.header, Constants(self.run.meter))
            return declaration.value(self._given(name))

        return self._once(("var", name), work, block)

    def _given(self, name: str) -> Any:
        if self.caller is None:
            return self.run.given.value(name, Constants(self.run.meter))
        attribute = self.arguments.get(name)
        return worked(attribute, self.caller) if attribute is not None else UNSET

    def local(self, name: str, spot: Spot | None) -> Any:
        """Give the value of `local.name`."""
        attribute = self.configuration.locals.get(name)
        if attribute is None:
            return self.undeclared(f"local.{name}", spot)
        return self._once(("local", name), lambda: worked(attribute, self.scope), attribute)

    def output(self, name: str, spot: Spot | None) -> Any:
        """Give an output as the caller sees it."""
        block = self.configuration.outputs.get(name)
        if block is None:
            return self.undeclared(name, spot)

        def work() -> Any:
            attributes = block.body.attributes
            said = self.within(name)
            if "value" not in attributes:
                return Unresolved(f"{said} has no value ({block.header.said})", (said,), block.header)
            value = worked(attributes["value"], self.scope)
            secret = "sensitive" in attributes and worked(attributes["sensitive"], self.scope) is not False
            if secret and value is not None:  # that nothing is set is no secret
                return Unresolved(f"{said} is sensitive ({block.header.said})", (said,), block.header)
            return value

        return self._once(("output", name), work, block)

    def call(self, name: str, spot: Spot | None) -> Any:
        """Give what `module.name` stands for."""
        found = self.calls.get(name)
        return self.undeclared(f"module.{name}", spot) if found is None else found.reference(spot)

    def reference(self, mode: str, type_: str, name: str, spot: Spot | None) -> Any:
        """Give what a reference to a resource or data source stands for."""
        found = self.declared[mode].get((type_, name))
        if found is None:
            words = (type_, name) if mode == "resource" else (mode, type_, name)
            return self.undeclared(".".join(words), spot)
        return found.reference(spot)

    def path_of(self, name: str, spot: Spot | None) -> Any:
        """Give `path.module` and `path.root` as they are when Terraform runs in the root's directory."""
        if name == "root":
            return "."
        if name == "module":
            return os.path.relpath(self.configuration.directory, self.run.directory).replace(os.sep, "/")
        return Unresolved(f"path.{name} depends on where Terraform runs", (f"path.{name}",), spot)

    def terraform(self, name: str, spot: Spot | None) -> Any:
        """Give `terraform.workspace`."""
        if name in ("workspace", "env"):
            return self.run.workspace
        return Unresolved(f"terraform.{name} is known when Terraform runs", (f"terraform.{name}",), spot)

    def provider(self, name: str, scope: Scope | None = None) -> Provider:
        """Give the provider configuration that a name, seen from a scope, stands for in this module."""
        if name.endswith("]"):  # OpenTofu's configurations have instances
            base, _, text = name[:-1].partition("[")
            key = evaluate(parse_expression(text, Spot(self.configuration.name, 1)), scope or self.scope)
            name = f"{base}[{quoted(key)}]" if isinstance(key, str) else name
        if name not in self._providers:
            self._providers[name] = None
            self._providers[name] = self._find_provider(name)
        return self._providers[name] or self.run.places.undeclared(self.within(name))  # None: it depends on itself

    def _find_provider(self, name: str) -> Provider:
        if self.outer is not None and name in self._passed:
            return self.outer.provider(self._passed[name], self.caller)
        block = self.configuration.providers.get(name.partition("[")[0])
        scope = self._scope_of(block, name) if block is not None else None
        if block is not None and scope is not None:
            said = self.within(name)
            return self.run.places.declared(said, Content(block, scope, f"provider.{said}"))
        if "." in name:
            return self.run.places.undeclared(self.within(name))
        if self.outer is not None:
            return self.outer.provider(name)
        return self.run.places.implied(name)

    def _scope_of(self, provider: HclBlock, name: str) -> Scope | None:
        """Give the scope of a provider configuration, or of the instance of it that is named; None where it has none."""
        each = provider.body.attributes.get("for_each")
        if each is None:
            return self.scope if "[" not in name else None
        pairs = pairs_of(worked(each, self.scope), each.value_spot)
        for key, value in pairs if isinstance(pairs, list) else ():
            if isinstance(key, str) and name.endswith(f"[{quoted(key)}]"):
                return With(self.scope, {"each": {"key": key, "value": value}})
        return None
