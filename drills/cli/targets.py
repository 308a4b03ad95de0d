"""The targets by their names, each imported when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.targets.target import Target

_CLASSES = {
    "emulator": ("drills.targets.emulator", "EmulatorTarget"),
    "localstack": ("drills.targets.localstack", "LocalStackTarget"),
    "sandbox": ("drills.targets.sandbox", "SandboxTarget"),
}
#: As people are told of them.
SPOKEN = {"emulator": "the emulation", "localstack": "LocalStack", "sandbox": "the sandbox account"}


def target_of(name: str, tell: Callable[[str], None] = lambda _: None, *, sweeping: bool = False) -> Target:
    """Give a target, not yet open; `tell` hears what is made ready where that takes a while.

    A real account is swept by a role of its own.
    """
    module, kind = _CLASSES[name]
    made = getattr(importlib.import_module(module), kind)
    target: Target
    match name:
        case "emulator":
            target = made(tell)
        case "sandbox":
            target = made(sweeping=sweeping)
        case _:
            target = made()
    return target
