"""The members of an AWS organisation, as AWS Organizations lists them."""

from __future__ import annotations

from scanner.collect.port import CallFailed, Port
from scanner.model.errors import ScanRefused
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One account of an organisation."""

    id: str
    name: str
    active: bool
    status: str


def members(port: Port, listed_by: str) -> tuple[Member, ...]:
    """List the members, by their ids; raise `ScanRefused` where they cannot all be listed.

    Needs `organizations:ListAccounts`, which only the management account and delegated administrators have.
    """
    found: list[Member] = []
    try:
        for page in port.pages("organizations", "ListAccounts", "", {}):
            for one in page.answer["Accounts"]:
                # `State` replaces `Status`, which AWS retires on 2026-09-09 (Account, API reference).
                status = str(one.get("State") or one.get("Status") or "")
                found.append(Member(str(one["Id"]), str(one.get("Name") or one["Id"]), status == "ACTIVE", status))
    except CallFailed as failure:
        raise ScanRefused(
            f"the members of the organisation could not be listed by account {listed_by}: "
            f"organizations:ListAccounts answered {failure.code}: {failure.message}; nothing was scanned",
            hint="list them from the management account or a delegated administrator, or name accounts with --account",
        ) from None
    except (KeyError, TypeError) as error:
        raise ScanRefused(
            f"the members of the organisation could not be listed by account {listed_by}: cannot read the answer: {error}",
            hint="name accounts with --account",
        ) from None
    return tuple(sorted(found, key=lambda one: one.id))
