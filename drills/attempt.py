"""An attempt on one scene: whatever ends it early is noted there as a result, and stops nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from drills.stage.refusals import Inconclusive, NotRestored, NotTested
from scanner.collect.port import CallFailed

if TYPE_CHECKING:
    from drills.scene import Scene


def attempt(scene: Scene, action: Callable[[Scene], None]) -> bool:
    """Do something on a scene; tell whether it went to its end. The kill switch and broken guards pass through."""
    try:
        action(scene)
    except NotRestored:
        return False
    except NotTested as why:
        scene.measured.not_tested = str(why)
        return False
    except Inconclusive as why:
        scene.measured.why = str(why)
        return False
    except CallFailed as failed:
        scene.measured.why = f"{failed.code}: {failed.message}"
        return False
    except (OSError, EOFError, ValueError, LookupError, TypeError, ArithmeticError) as error:
        scene.measured.why = _told(error)
        return False
    except Exception as error:
        # Errors of drivers have trees of their own, and importing every driver to name them would need every driver.
        if type(error).__module__.partition(".")[0] not in _DRIVERS:
            raise
        scene.measured.why = _told(error)
        return False
    return True


_DRIVERS = ("psycopg", "botocore", "urllib3")


def _told(error: Exception) -> str:
    """Say what kind of error it was: the text of a driver's error may hold values of rows, or a connection string."""
    return f"the drill met {type(error).__name__}"
