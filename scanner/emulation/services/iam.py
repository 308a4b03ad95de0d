"""The credential report's first row, and credentials of any age."""

from datetime import UTC, datetime

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import EVERYWHERE, World
from scanner.emulation.services.descriptions import Alterations
from scanner.emulation.wire import Document


def date_access_key(world: World, account: str, user: str, key: str, at: datetime) -> None:
    """Set when a user's access key was made."""
    iam = world.backend("iam", account, EVERYWHERE)
    next(each for each in iam.users[user].access_keys if each.access_key_id == key).create_date = _naive(at)


def date_user(world: World, account: str, user: str, at: datetime) -> None:
    """Set when a user was made."""
    world.backend("iam", account, EVERYWHERE).users[user].create_date = _naive(at)


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def altered(call: Call, name: str) -> Document:
    """What was altered of something of IAM: it has no region, but calls are signed for one or another."""
    found: Document = {}
    for shelf in call.world.shelves(Alterations, call.account).values():
        found |= shelf.members.get(("iam", name), {})
    return found


@answers("iam:GetCredentialReport")
def get_credential_report(call: Call) -> Document:
    """AWS's report begins with the root user; alter (`iam`, `<root_account>`) to give it a key or take its MFA."""
    answer = call.moto()
    header, _, users = answer["Content"].decode().partition("\n")
    said = altered(call, "<root_account>")
    root: Document = {
        "user": "<root_account>",
        "arn": f"arn:aws:iam::{call.account}:root",
        "user_creation_time": "2019-03-01T09:00:00+00:00",
        "password_enabled": "not_supported",
        "password_last_used": "no_information",
        "password_last_changed": "not_supported",
        "password_next_rotation": "not_supported",
        "mfa_active": "true",
        "access_key_1_active": "false",
        "access_key_2_active": "false",
        "cert_1_active": "false",
        "cert_2_active": "false",
        **said,
    }
    row = ",".join(str(root.get(column, "N/A")) for column in header.split(","))
    return {**answer, "Content": f"{header}\n{row}\n{users}".encode()}
