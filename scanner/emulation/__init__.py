"""An AWS that runs inside this process, for demonstrations and tests.

`Emulator` is moto behind a loopback port, with the operations this product needs and moto lacks answered by
our own small modules, one folder or file per service. A scanner reaches it over real HTTP by its endpoint.
Importing this package starts nothing and loads nothing of moto; `Emulator.start` does.
"""

from scanner.emulation.interference import Heard, Interference
from scanner.emulation.server import Emulator

__all__ = ["Emulator", "Heard", "Interference"]
