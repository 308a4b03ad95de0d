"""Unresolved values: what code says of a value that only a later moment settles.

An `Unresolved` may lie anywhere inside a fact's value. Whoever touches it (compares, counts, formats, walks it) finds
that the judgement cannot be made; whoever does not touch it loses nothing. So one unresolved rule of a backup plan
hides neither the failure of another rule nor turns into a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, NoReturn

from scanner.model.errors import CouldNotCheck
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Evidence, Reason, Source, Spot, Unknown

_SCALAR: Final = (str, int, float, type(None))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Unresolved:
    """A value that the code leaves open: why, in words, which names it depends on, and where it stands.

    `choices` are the values it can have, where all of them are known (both branches of a condition).
    Every operation on it raises `CouldNotCheck`; only `is`, `isinstance` and the attributes here are safe.
    """

    why: str
    refs: tuple[str, ...] = ()
    spot: Spot | None = None
    choices: tuple[Any, ...] = ()
    reason: Reason = Reason.UNRESOLVED

    @property
    def unknown(self) -> Unknown:
        """The reading that this value makes of a fact."""
        if self.spot is None:
            return Unknown(self.reason, self.why)
        terraform = self.spot.file.endswith((".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars"))
        source = Source.TERRAFORM if terraform else Source.CLOUDFORMATION
        evidence = (Evidence(source, self.spot.said, spot=self.spot),)
        return Unknown(self.reason, self.why, evidence)

    def stop(self, *_: object, **__: object) -> NoReturn:
        """Refuse to be used as if it were a value."""
        raise CouldNotCheck(self.unknown)

    def __repr__(self) -> str:
        return f"<unresolved: {self.why}>"

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # copy, pickle and the like ask; nothing of a value is told by it
            raise AttributeError(name)
        self.stop()

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = stop
    __hash__ = __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __next__ = stop
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = stop
    __floordiv__ = __mod__ = __rmod__ = __divmod__ = __pow__ = __and__ = __rand__ = __or__ = __ror__ = stop
    __xor__ = __neg__ = __pos__ = __abs__ = __invert__ = __int__ = __float__ = __index__ = __round__ = stop
    __str__ = __format__ = __bytes__ = __call__ = __enter__ = __reversed__ = stop


def unresolved_in(value: Any) -> Unresolved | None:
    """Give the first unresolved value inside a value: in mappings, lists and dataclasses.

    What is in several places is looked at once, so that a value which shares its parts takes no longer than they do.
    """
    if isinstance(value, Unresolved):
        return value
    parts = _parts(value)
    if parts is None:
        return None
    seen: dict[int, Any] = {}  # the parts are kept, for the identity of what is gone can be given to another
    waiting = [iter(parts)]
    while waiting:
        for part in waiting[-1]:
            if isinstance(part, Unresolved):
                return part
            if isinstance(part, _SCALAR) or id(part) in seen:
                continue
            inner = _parts(part)
            if inner is not None:
                seen[id(part)] = part
                waiting.append(iter(inner))
                break
        else:
            waiting.pop()
    return None


def _parts(value: Any) -> Iterable[Any] | None:
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    if isinstance(value, (list, tuple, frozenset)):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, one.name) for one in fields(value)]
    return None
