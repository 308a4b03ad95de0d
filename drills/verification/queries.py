"""Checks of the user's own: a query, a page or a command, and what is expected of the answer."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    import psycopg

    from drills.databases.postgres import Address
    from drills.plan.model import OwnCheck
    from drills.scene import Scene

#: An answer is repeated in a report only where it is a number: anything else may be a row.
_SHOWN = (int, float)
#: In seconds: how long a page or a command may take.
PATIENCE = 60
#: No more of an answer is read: a check compares values, not documents.
MOST = 65_536
#: All that a command gets of this process's environment: no credential of AWS is among it.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a value, and the status of the page or the command; `trouble` where there was no answer."""

    value: Any = None
    status: int | None = None
    trouble: str = ""


def ask(check: OwnCheck, connection: psycopg.Connection[Any] | None, told: Mapping[str, str], password: str) -> Answer:
    """Ask one check; `told` are the values of its placeholders. The password goes into the environment, never a text."""
    if check.sql:
        return _query(check.sql, connection)
    if check.http:
        return _page(_filled(check.http, told))
    return _command([_filled(word, told) for word in check.command], told, password)


def placeholders(address: Address) -> dict[str, str]:
    """Give the values of the placeholders {host}, {port}, {user} and {database}."""
    return {
        "host": address.host,
        "port": str(address.port),
        "user": address.user,
        "database": address.database,
    }


def check_queries(
    scene: Scene,
    connection: psycopg.Connection[Any] | None,
    told: Mapping[str, str],
    password: str,
    before: Mapping[str, Answer],
) -> None:
    """Ask the copy the user's own checks; `before` is what the source answered to those that must come out the same."""
    for check in scene.subject.checks:
        answer = ask(check, connection, told, password)
        held: bool | None
        held, detail = fits(check, answer)
        if check.same_as_source:
            held, detail = _compared(held, detail, answer, before.get(check.name))
        scene.check("query", check.name, held=held, detail=detail)


def asked_of_source(
    scene: Scene, connection: psycopg.Connection[Any] | None, told: Mapping[str, str], password: str
) -> dict[str, Answer]:
    """Ask the source the checks that the copy must answer in the same way."""
    return {
        check.name: ask(check, connection, told, password) for check in scene.subject.checks if check.same_as_source
    }


def fits(check: OwnCheck, answer: Answer) -> tuple[bool, str]:
    """Say whether an answer is what a check expects, and what it was as far as it may be shown."""
    if answer.trouble:
        return False, answer.trouble
    expected = {name: value for name, value in check.expect.items() if name != "status"}
    wanted = check.expect.get("status", None if answer.status is None else 0 if check.command else 200)
    if answer.status != wanted:
        return False, f"status {answer.status}, expected {wanted}"
    value = answer.value
    if value is None:
        return False, "no answer"
    number = _number(value)
    held = (
        ("equals" not in expected or _same(value, expected["equals"]))
        and ("at_least" not in expected or (number is not None and number >= expected["at_least"]))
        and ("at_most" not in expected or (number is not None and number <= expected["at_most"]))
        and ("matches" not in expected or re.search(str(expected["matches"]), str(value)) is not None)
    )
    shown = _shown(value)
    return held, f"{shown}, expected {_expected(expected)}" if expected else shown


def _compared(held: bool, detail: str, answer: Answer, before: Answer | None) -> tuple[bool | None, str]:  # noqa: FBT001
    """Compare with what the source said; where it said nothing, there is nothing to compare with."""
    if not held:
        return False, detail
    if before is None or before.trouble:
        return None, f"the source was asked, too: {before.trouble if before else 'it was not'}"
    same = str(answer.value) == str(before.value) and answer.status == before.status
    return same, f"{_shown(answer.value)}, the source said {'the same' if same else _shown(before.value)}"


def _query(sql: str, connection: psycopg.Connection[Any] | None) -> Answer:
    import psycopg  # noqa: PLC0415  # only a drill of a database needs it

    if connection is None:
        return Answer(trouble="there is no database to ask")
    try:
        row = connection.execute(sql.encode()).fetchone()
    except psycopg.Error as error:  # its text may hold values of rows
        return Answer(trouble=type(error).__name__)
    return Answer(row[0] if row else None)


def _page(url: str) -> Answer:
    from urllib.error import HTTPError, URLError  # noqa: PLC0415  # most drills ask no page
    from urllib.request import urlopen  # noqa: PLC0415

    if not url.startswith(("http://", "https://")):
        return Answer(trouble="the URL is neither http nor https")
    try:
        with urlopen(url, timeout=PATIENCE) as page:  # noqa: S310  # checked just before
            return Answer(page.read(MOST).decode(errors="replace").strip(), page.status)
    except HTTPError as error:
        with error:
            return Answer("", error.code)
    except (URLError, OSError, ValueError) as error:
        return Answer(trouble=type(error).__name__)


def _command(words: list[str], told: Mapping[str, str], password: str) -> Answer:
    """Run a command; what it prints is compared, and shown only where it is a number."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    environment |= {name: value for name, value in told.items() if name.isupper()}
    if password:
        environment["PGPASSWORD"] = password
    try:
        ended = subprocess.run(  # noqa: S603  # it stands in the plan, whose digest was approved
            words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return Answer(trouble=type(error).__name__)
    return Answer(ended.stdout[:MOST].decode(errors="replace").strip(), ended.returncode)


def _filled(text: str, told: Mapping[str, str]) -> str:
    """Fill in the placeholders; braces of another kind stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda found: told.get(found[1], found[0]), text)


def _same(answer: object, wanted: object) -> bool:
    number = _number(answer)
    return number == wanted if number is not None and isinstance(wanted, _SHOWN) else str(answer) == str(wanted)


def _number(answer: object) -> float | None:
    try:
        return float(str(answer))
    except ValueError:
        return None


def _shown(value: object) -> str:
    """Say a value where it is a number, as a command prints one, too; anything else may be a row."""
    if isinstance(value, bool) or value is None or _number(value) is None:
        return "an answer"
    return str(value)


def _expected(expected: Mapping[str, Any]) -> str:
    return " and ".join(f"{name.replace('_', ' ')} {value}" for name, value in expected.items())
