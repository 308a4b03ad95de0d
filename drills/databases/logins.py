"""Logins to a restored copy: as soon as it lets anybody in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from drills.databases.postgres import Address, connected

if TYPE_CHECKING:
    import psycopg

    from drills.scene import Scene

#: A copy that says available and lets nobody in for so long will not do so at all.
LONGEST = timedelta(minutes=10)


@contextmanager
def logged_in(scene: Scene, address: Address, password: str, every: timedelta) -> Iterator[psycopg.Connection[Any]]:
    """Log in to a copy that says it is available, as soon as it lets anybody in."""
    import psycopg  # noqa: PLC0415  # only a drill of a database needs it

    found: list[psycopg.Connection[Any]] = []

    def try_it() -> bool | None:
        try:
            stack.enter_context(_held(connected(address, password), found))
        except psycopg.OperationalError:
            return None
        return True

    with ExitStack() as stack:
        scene.stage.wait(f"a login to {address.host}", try_it, every=every, longest=LONGEST)
        yield found[0]


@contextmanager
def _held(
    opening: AbstractContextManager[psycopg.Connection[Any]], found: list[psycopg.Connection[Any]]
) -> Iterator[None]:
    with opening as connection:
        found.append(connection)
        yield
