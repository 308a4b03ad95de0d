"""AWS IAM: the root user, users and access keys, all from the one credential report of the account."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from scanner.model.convert import flag, instant, text
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource

#: AWS makes the report on request and keeps it for four hours (user guide, "Generate credential reports").
_REPORT = call("iam:GetCredentialReport", first=call("iam:GenerateCredentialReport", until=("State", "COMPLETE")))
_ROOT = "<root_account>"
#: What the report writes for no instant (user guide, "Understanding the report format").
_NEVER = ("", "N/A", "no_information", "not_supported")


def entries(content: bytes | str) -> Iterator[Mapping[str, Any]]:
    """Read the report: one entry per user, and one per access key that exists, which alone has a `key`.

    A key that does not exist has no date of rotation (user guide, "Understanding the report format").
    """
    import csv  # noqa: PLC0415  # code has no such report

    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig") if isinstance(content, bytes) else content))
    if "arn" not in (rows.fieldnames or ()):
        raise ValueError("the credential report has no column arn")
    for row in rows:
        yield row
        for number in ("1", "2"):
            if moment(row.get(f"access_key_{number}_last_rotated")) is not None:
                yield {
                    "user": "root" if row["user"] == _ROOT else row["user"],
                    "arn": row["arn"],
                    "key": number,
                    "active": row[f"access_key_{number}_active"],
                    "rotated": row[f"access_key_{number}_last_rotated"],
                    "used": row[f"access_key_{number}_last_used_date"],
                }


def moment(raw: Any) -> datetime | None:
    """Read an instant of the report, or that there is none."""
    return None if raw is None or raw in _NEVER else instant(raw)


def any_key(raw: Mapping[str, Any]) -> bool:
    """Say whether a row of the report has an active access key."""
    return flag(raw["access_key_1_active"]) or flag(raw["access_key_2_active"])


def idle_key(raw: Mapping[str, Any]) -> bool:
    """Say whether a row of the report has an access key that exists and is inactive."""
    return any(
        moment(raw[f"access_key_{number}_last_rotated"]) is not None and not flag(raw[f"access_key_{number}_active"])
        for number in ("1", "2")
    )


def present(raw: Any) -> bool:
    """Read a count of the account's summary that is 0 or 1."""
    if raw not in (0, 1):
        raise ValueError(f"expected 0 or 1, found {raw!r}")
    return bool(raw)


class Root(Resource):
    """The root user of the account."""

    kind = "aws.iam.root"
    title = "root user"
    listed_by = Listing(
        _REPORT, "Content", id="{arn}", name="root", where=f"!key && user=='{_ROOT}'", everywhere=True, parse=entries
    )

    mfa: Fact[bool] = fact("It has a second factor.", live=item("mfa_active", flag))
    has_keys: Fact[bool] = fact("It has an active access key.", live=item("@", any_key))
    idle_keys: Fact[bool] = fact(
        "It has an access key that is inactive, and could be made active.", live=item("@", idle_key)
    )
    has_password: Fact[bool] = fact(
        # Where the organisation manages root access, the root users of its members have none. The report does not tell:
        # it says not_supported of every root user (user guide, "Understanding the report format").
        "It has a password.", live=call("iam:GetAccountSummary").at("SummaryMap.AccountPasswordPresent", present)
    )  # fmt: skip
    used_at: Fact[datetime | None] = fact(
        "When its password was last used; none for never.", live=item("password_last_used", moment)
    )


class User(Resource):
    """An IAM user."""

    kind = "aws.iam.user"
    title = "IAM user"
    listed_by = Listing(
        _REPORT, "Content", id="{arn}", name="{user}", where=f"!key && user!='{_ROOT}'", everywhere=True, parse=entries
    )

    created_at: Fact[datetime] = fact("When it was created.", live=item("user_creation_time", instant))
    console: Fact[bool] = fact("It can sign in to the console.", live=item("password_enabled", flag))
    mfa: Fact[bool] = fact("It has a second factor.", live=item("mfa_active", flag))
    has_keys: Fact[bool] = fact("It has an active access key.", live=item("@", any_key))
    used_at: Fact[datetime | None] = fact(
        "When its password was last used; none for never.", live=item("password_last_used", moment)
    )
    password_changed_at: Fact[datetime | None] = fact(
        "When its password was last changed; none where it has none.", live=item("password_last_changed", moment)
    )


class AccessKey(Resource):
    """An access key of an IAM user or of root."""

    kind = "aws.iam.access-key"
    title = "access key"
    belongs_to = "owner"
    made_of = ("aws.iam.user",)
    # The report does not tell the ids of keys, only their numbers.
    listed_by = Listing(
        _REPORT, "Content", id="{arn}/access-key-{key}", name="access key {key} of {user}", where="key",
        everywhere=True, parse=entries,
    )  # fmt: skip

    owner: Fact[str] = fact("The ARN of the user it belongs to.", live=item("arn", text))
    active: Fact[bool] = fact("It can be used.", live=item("active", flag))
    rotated_at: Fact[datetime] = fact("When it was created or last rotated.", live=item("rotated", instant))
    used_at: Fact[datetime | None] = fact("When it was last used; none for never.", live=item("used", moment))
