"""Frozen, slotted dataclasses whose methods are written when they are first used, so that declaring one costs little.

The standard library writes and compiles six functions for each class when its module is imported, about half a
millisecond. A judgement of one file imports some two hundred classes and makes objects of thirty of them. A class that
is declared here is the standard library's in all else: the same fields, the same methods, written by it. To a type
checker it is that very decorator.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool) -> Any:
        """Make a frozen, slotted dataclass of a class."""
        assert frozen
        assert slots
        return _declare


__all__ = ["dataclass"]

#: What the standard library writes into such a class, unless the class has it.
_WRITTEN = (
    "__init__", "__repr__", "__eq__", "__hash__", "__getstate__", "__setstate__",
    "__match_args__", "__dataclass_fields__", "__dataclass_params__",
)  # fmt: skip


def _declare(cls: type[Any]) -> type[Any]:
    own = dict(vars(cls))
    if "__eq__" in own and own["__hash__"] is None:  # Python's own mark that there is none yet
        del own["__hash__"]
    names = [name for name, kind in own.get("__annotations__", {}).items() if not str(kind).startswith("ClassVar")]
    inherited = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    late = _Late([name for name in _WRITTEN if name not in own], cls)
    kept = {name: value for name, value in own.items() if name not in {*names, "__dict__", "__weakref__"}}
    declared: type[Any] = type(cls)(
        cls.__name__,
        cls.__bases__,
        {
            **kept,
            **{name: _Written(name, late) for name in late.names},
            "__slots__": tuple(name for name in names if name not in inherited),
            "__setattr__": _refuse_to_set,
            "__delattr__": _refuse_to_delete,
        },
    )
    late.declared = declared
    return declared


class _Late:
    """What is still to be written of a class."""

    __slots__ = ("_plain", "declared", "names")

    def __init__(self, names: list[str], plain: type[Any]) -> None:
        self.names = names
        self.declared: type[Any] = plain
        self._plain = plain

    def write(self) -> None:
        """Let the standard library write the methods, and take them over; twice in two threads does no harm."""
        written = vars(dataclasses.dataclass(frozen=True, slots=True)(self._plain))
        for name in self.names:
            setattr(self.declared, name, written[name])


class _Written:
    """Stands in a class for what is written when somebody first asks for it."""

    __slots__ = ("_late", "_name")

    def __init__(self, name: str, late: _Late) -> None:
        self._name = name
        self._late = late

    def __get__(self, one: Any, owner: type[Any]) -> Any:
        self._late.write()
        return getattr(owner if one is None else one, self._name)


def _refuse_to_set(_: Any, name: str, value: Any) -> None:  # noqa: ARG001  # Python's signature
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
