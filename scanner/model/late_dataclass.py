"""Dataclasses whose methods are written when they are first used: declaring one costs next to nothing.

The standard library writes and compiles up to six functions for each class while its module is imported, about half a
millisecond. A judgement of one file imports two hundred such classes and makes objects of thirty. What is declared here
is the standard library's dataclass in all else: it writes the same methods, later, and a type checker sees its very
decorator.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(**options: bool) -> Callable[[type[Any]], type[Any]]:
        """Make a dataclass of a class, with the options of the standard library but `order`."""
        return lambda cls: _declare(cls, options) if options.get("slots") else _mark(cls, options)


__all__ = ["dataclass"]

#: What the standard library may write into a class that does not have it.
_WRITTEN = (
    "__init__", "__repr__", "__eq__", "__hash__", "__getstate__", "__setstate__",
    "__replace__", "__match_args__", "__dataclass_fields__", "__dataclass_params__",
)  # fmt: skip

_NONE: Any = dataclasses.MISSING


class _ToBeMade:
    def __repr__(self) -> str:
        return "<factory>"  # as the standard library shows it in a signature


_TO_BE_MADE = _ToBeMade()


def _own(cls: type[Any]) -> dict[str, Any]:
    own = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    if "__eq__" in own and own["__hash__"] is None:  # Python's own mark that there is none yet
        del own["__hash__"]
    return own


def _mark(cls: type[Any], options: dict[str, bool]) -> type[Any]:
    """Make a dataclass of a class without slots, which stays the class that it is."""
    own = _own(cls)
    late = _Late({"__qualname__": cls.__qualname__, **own}, options)
    late.declared = cls
    for name in late.kinds:
        given = own.get(name)
        if isinstance(given, dataclasses.Field):
            if given.default is dataclasses.MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, given.default)
    for name in _WRITTEN:
        if name not in own:
            setattr(cls, name, _Written(name, late))
    if options.get("frozen"):
        cls.__setattr__, cls.__delattr__ = _refuse_to_set, _refuse_to_delete  # type: ignore[assignment]
    elif options.get("eq", True) and "__hash__" not in own:
        cls.__hash__ = None  # type: ignore[assignment]
    return cls


def _declare(cls: type[Any], options: dict[str, bool]) -> type[Any]:
    own = _own(cls)
    late = _Late({"__qualname__": cls.__qualname__, **own}, options)
    inherited = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    body = {name: value for name, value in late.own.items() if name not in late.kinds}
    body |= {name: _Written(name, late) for name in _WRITTEN if name not in own}
    body["__slots__"] = tuple(name for name in late.kinds if name not in inherited)
    if options.get("frozen"):
        body |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    elif options.get("eq", True) and "__hash__" not in own:
        body["__hash__"] = None
    late.declared = types.new_class(cls.__name__, cls.__bases__, exec_body=lambda space: space.update(body))
    return late.declared


class _Late:
    """A class as it is declared, and what is still to be written of it."""

    __slots__ = ("declared", "kinds", "options", "own")

    def __init__(self, own: dict[str, Any], options: dict[str, bool]) -> None:
        self.own = own
        self.options = options
        kinds = own.get("__annotations__", {})
        #: its fields, and what each is annotated with
        self.kinds = {name: kind for name, kind in kinds.items() if not str(kind).startswith("ClassVar")}
        self.declared: type[Any] = object

    def write(self) -> None:
        """Let the standard library write the methods, and take them over; twice in two threads does no harm."""
        here = self.declared
        plain = types.new_class(here.__name__, here.__bases__, exec_body=lambda space: space.update(self.own))
        written = vars(dataclasses.dataclass(**self.options)(plain))
        for name in _WRITTEN:
            if not isinstance(vars(here).get(name), _Written):
                continue
            if name in written:
                setattr(here, name, written[name])
            else:
                with suppress(AttributeError):  # another thread was quicker
                    delattr(here, name)

    def write_init(self) -> None:
        """Write `__init__` alone, where it is a plain one: it is all that most classes are ever asked for."""
        here, names = self.declared, self.kinds
        given = {name: self.own[name] for name in names if name in self.own}
        fields = {name: one for name, one in given.items() if isinstance(one, dataclasses.Field)}
        peculiar = any(not one.init or one.kw_only is True for one in fields.values())
        if not names or peculiar or "__post_init__" in self.own or any(map(dataclasses.is_dataclass, here.__bases__)):
            self.write()
            return
        makers = {name: one.default_factory for name, one in fields.items() if one.default_factory is not _NONE}
        defaults = given | {name: one.default for name, one in fields.items()} | dict.fromkeys(makers, _TO_BE_MADE)
        defaults = {name: one for name, one in defaults.items() if one is not _NONE}
        parameters = ", ".join(f"{name}=_{name}" if name in defaults else name for name in names)
        space: dict[str, Any] = {f"_{name}": value for name, value in defaults.items()}
        space |= {f"_make_{name}": make for name, make in makers.items()}
        keep = "self.{0} = {1}"
        if self.options.get("frozen"):
            # A third quicker than by the name, as the standard library does it.
            keep = "_keep_{0}(self, {1})" if self.options.get("slots") else "_keep(self, {0!r}, {1})"
            space |= {f"_keep_{name}": vars(here)[name].__set__ for name in names if self.options.get("slots")}
            space["_keep"] = object.__setattr__
        made = {name: f"_make_{name}() if {name} is _{name} else {name}" for name in makers}
        lines = [keep.format(name, made.get(name, name)) for name in names]
        code = f"def __init__(self, {parameters}):\n " + "\n ".join(lines)
        exec(code, space)  # noqa: S102  # as the standard library does: the names are those of the class
        space["__init__"].__annotations__ = {**names, "return": None}
        here.__init__ = space["__init__"]


class _Written:
    """Stands in a class for what is written when somebody first asks for it."""

    __slots__ = ("_late", "_name")

    def __init__(self, name: str, late: _Late) -> None:
        self._name = name
        self._late = late

    def __get__(self, one: Any, owner: type[Any]) -> Any:
        if self._name == "__init__":
            self._late.write_init()
        else:
            self._late.write()
        return getattr(owner if one is None else one, self._name)


def _refuse_to_set(_: Any, name: str, value: Any) -> None:  # noqa: ARG001  # Python's signature
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
