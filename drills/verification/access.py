"""Access: on the restored copy every database user can do what it must, and is denied what it must not do.

The statements are really executed, by the users themselves, and always rolled back. They are only ever tried on the
copy, which is the run's own: on the source, a statement that nobody denies would do what it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from drills.databases.postgres import Address, connected
from drills.stage.refusals import Inconclusive

if TYPE_CHECKING:
    import psycopg

    from drills.plan.model import Access
    from drills.scene import Scene

#: `insufficient_privilege`: the one error that is a denial (PostgreSQL, appendix "Error Codes"). All others say that the
#: statement could not be tried: that a table is missing denies nobody anything.
DENIED = "42501"
#: `active_sql_transaction`: what is never part of a transaction, such as CREATE DATABASE
_ALONE = "25001"
ALLOW, DENY = "must-allow", "must-deny"


def check_access(scene: Scene, copy: Address) -> None:
    """Try the access matrix of a database: each statement as its user, on the copy."""
    for row in scene.subject.access:
        if row.login is not None:
            _check_user(scene, row, copy)


def _check_user(scene: Scene, row: Access, copy: Address) -> None:
    import psycopg  # noqa: PLC0415  # only a drill of a database needs it

    assert row.login is not None
    tries = [(ALLOW, one) for one in row.allow] + [(DENY, one) for one in row.deny]
    try:
        password = scene.target.password(row.login)
        with connected(replace(copy, user=row.login.user), password, writes=True) as connection:
            for about, statement in tries:
                _try(scene, connection, row.who, about, statement)
    except (psycopg.OperationalError, Inconclusive) as error:
        # libpq tells no SQLSTATE of a login that fails: whether it was denied, or the server is gone, cannot be told.
        made = {one.name for one in scene.measured.checks if one.about in (ALLOW, DENY)}
        why = str(error) if isinstance(error, Inconclusive) else f"{row.login.user} cannot log in to the copy"
        for about, statement in tries:
            if (name := named(row.who, about, statement)) not in made:
                # Whoever must be able to do something must be able to log in; a denial proves nothing without a login.
                held = False if about == ALLOW and not isinstance(error, Inconclusive) else None
                scene.check(about, name, held=held, detail=why)


def _try(scene: Scene, connection: psycopg.Connection[Any], who: str, about: str, statement: str) -> None:
    found = outcome(connection, statement)
    name = named(who, about, statement)
    if about == ALLOW:
        scene.check(about, name, held=not found, detail=_said(found))
    elif not found:
        scene.check(about, name, held=False, detail="nobody denied it; it was rolled back")
    else:
        scene.check(about, name, held=True if found == DENIED else None, detail=_said(found))


def outcome(connection: psycopg.Connection[Any], statement: str) -> str:
    """Execute a statement and undo it; give the SQLSTATE of the error that it ended with, "" for none."""
    import psycopg  # noqa: PLC0415

    try:
        with _undone(connection):
            connection.execute(statement.encode())
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        if error.sqlstate != _ALONE:
            return error.sqlstate or "an error"
    else:
        return ""
    try:
        connection.execute(statement.encode())
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        return error.sqlstate or "an error"
    return ""


@contextmanager
def _undone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        yield


def named(who: str, about: str, statement: str) -> str:
    """Say what should hold, in a sentence."""
    return f"{who} {'can' if about == ALLOW else 'cannot'}: {' '.join(statement.split())}"


def _said(sqlstate: str) -> str:
    if not sqlstate:
        return ""
    return "denied by the server (SQLSTATE 42501)" if sqlstate == DENIED else f"ended with SQLSTATE {sqlstate}"
