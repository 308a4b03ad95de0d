"""The context of a request: which condition keys are known, which are certainly missing, and which nobody can tell.

The caller is taken to do its best: it speaks TLS, its MFA is fresh where it has any, and it calls the service itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import Enum
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.permissions.truth import Doubt

#: A key's values; None where the request certainly lacks it.
Values = tuple[str, ...] | None

#: Keys that only calls of an AWS service on somebody's behalf carry (IAM user guide, "AWS global condition context
#: keys"), and KMS's mark of such calls.
_OF_SERVICES = (
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalservicename",
    "aws:principalservicenameslist", "kms:viaservice",
)  # fmt: skip
_TAGS: Final = "aws:principaltag/"


class Mfa(Enum):
    """What is supposed of the caller's second factor."""

    #: it was used
    USED = "used"
    #: a session without it: the key is there and false
    NOT_USED = "not used"
    #: long-term keys: the key is missing (IAM user guide, "AWS global condition context keys", MultiFactorAuthPresent)
    LONG_TERM = "long term"


@dataclass(frozen=True, slots=True, eq=False)  # two are one only where they are the same: that is quick to tell
class Caller:
    """Who asks: a user, a role, the root user of an account, or a service by its name.

    `tags` None is not known. `known` adds context keys that are known of it, or certainly missing (None).
    """

    arn: str
    tags: Mapping[str, str] | None = None
    known: Mapping[str, Values] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The account it belongs to; "" for a service."""
        return self.arn.split(":")[4] if self.arn.count(":") > 4 else ""

    @property
    def kind(self) -> str:
        """`user`, `role`, `root` or `service`."""
        if self.arn.count(":") < 5:
            return "service"
        return self.arn.split(":", 5)[5].partition("/")[0]

    @property
    def name(self) -> str:
        """Its name without its path."""
        return self.arn.rpartition("/")[2]

    @property
    def sessions(self) -> str:
        """What the ARNs of a role's sessions begin with; they leave out its path."""
        partition = self.arn.split(":", 2)[1]
        return f"arn:{partition}:sts::{self.account}:assumed-role/{self.name}/"


class Context:
    """Looks condition keys up: their values, None where they are missing, a doubt where that cannot be told."""

    __slots__ = ("_closed", "_known")

    def __init__(self, known: Mapping[str, Values], closed: tuple[str, ...] = ()) -> None:
        self._known = {key.lower(): values for key, values in known.items()}
        self._closed = closed

    def find(self, key: str) -> Values | Doubt:
        """Look a key up; IAM minds no case in keys. Of a family that is known whole, what is not there is missing."""
        lower = key.lower()
        if lower in self._known:
            return self._known[lower]
        if lower.startswith(self._closed):
            return None
        return Doubt(f"condition key {key}")

    def and_(self, more: Mapping[str, Values], closed: tuple[str, ...] = ()) -> Context:
        """Give a context that knows these too, their keys in lower case."""
        twin = Context.__new__(Context)
        twin._known = {**self._known, **more}  # noqa: SLF001  # of its own class
        twin._closed = (*self._closed, *closed)  # noqa: SLF001
        return twin


def context_of(
    caller: Caller,
    *,
    mfa: Mfa | None = None,
    at: datetime | None = None,
    known: Mapping[str, Values] | None = None,
) -> Context:
    """Say what is known of a request by this caller, by supposition about its MFA, at a time."""
    found: dict[str, Values] = {"aws:securetransport": ("true",)}
    closed: tuple[str, ...] = ()
    if at is not None:
        found["aws:currenttime"] = (at.isoformat(),)
        found["aws:epochtime"] = (str(int(at.timestamp())),)
    if caller.kind == "service":
        found |= {"aws:principalisawsservice": ("true",), "aws:principalservicename": (caller.arn,)}
        found |= {"aws:principalaccount": None, "aws:principalarn": None, "aws:principalorgid": None}
        found |= {"aws:multifactorauthpresent": None, "aws:multifactorauthage": None, "aws:username": None}
    else:
        found |= _person(caller)
        if at is not None and caller.kind == "role":
            # "Revoke sessions" denies what was issued before it (user guide, "Revoke IAM role temporary credentials"): a
            # session taken now is not.
            found["aws:tokenissuetime"] = (at.isoformat(),)
        if caller.tags is not None:
            found |= {f"{_TAGS}{key.lower()}": (value,) for key, value in caller.tags.items()}
            # A session may bring tags of its own unless the role's trust forbids it: only users' tags are the whole.
            closed = (_TAGS,) if caller.kind == "user" else ()
    if mfa is not None:
        used = mfa is Mfa.USED
        found["aws:multifactorauthpresent"] = None if mfa is Mfa.LONG_TERM else (str(used).lower(),)
        found["aws:multifactorauthage"] = ("1",) if used else None
    return Context({**found, **caller.known, **(known or {})}, closed)


def _person(caller: Caller) -> dict[str, Values]:
    kinds = {"user": "User", "role": "AssumedRole", "root": "Account"}
    return {
        **dict.fromkeys(_OF_SERVICES),
        "aws:principalisawsservice": ("false",),
        "aws:principalarn": (caller.arn,),
        "aws:principalaccount": (caller.account,),
        "kms:calleraccount": (caller.account,),
        "aws:principaltype": (kinds.get(caller.kind, caller.kind),),
        "aws:username": (caller.name,) if caller.kind == "user" else None,
    }
