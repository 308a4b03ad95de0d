"""A sandbox account: a real one, which is for nothing else, entered by the drill's role or by the sweeper's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, ClassVar

from drills.stage.guards.identity import is_dummy
from drills.stage.port import Calls
from drills.stage.refusals import DrillRefused, Inconclusive
from drills.targets.target import Opened, Target
from scanner.collect.port import CallFailed
from scanner.model.configuration import Account
from scanner.model.errors import ScanRefused

if TYPE_CHECKING:
    from drills.plan.model import DrillPlan, Login, Subject
    from scanner.collect.aws import Boto
    from scanner.collect.port import Port


class Sandbox(Opened):
    """A sandbox account, entered."""

    name: ClassVar[str] = "sandbox"
    real: ClassVar[bool] = True

    def __init__(self, port: Port, account: str, regions: tuple[str, ...], *, production_backups: bool = False) -> None:
        self.account, self._port, self._regions = account, port, regions
        self._evidence = "production-backup" if production_backups else "sandbox"

    @property
    def port(self) -> Port:
        """The port to it."""
        return self._port

    def evidence(self, subject: Subject) -> str:  # noqa: ARG002  # it is the same for all
        """Say what a measurement shows: that AWS restored something, or that it restored production's backups."""
        return self._evidence

    def lacks(self, service: str) -> str:
        """Say where AWS does not offer a service; "" where it does in every region of the plan."""
        import boto3  # noqa: PLC0415

        session = boto3.Session()
        offered = {one for part in session.get_available_partitions() for one in _regions_of(session, service, part)}
        missing = [region for region in self._regions if region not in offered]
        # A service without regions answers everywhere.
        return f"AWS does not offer {service} in {missing[0]}" if offered and missing else ""

    def password(self, login: Login) -> str:
        """Give a password, from the environment or from Secrets Manager."""
        from drills.targets.emulator import password_in_environment, password_of  # noqa: PLC0415

        if login.env:
            return password_in_environment(login.env)
        refused: CallFailed | None = None
        for region in self._regions:
            calls = Calls(self._port, self.account, region)
            try:
                found = calls.unless(
                    "ResourceNotFoundException", operation="secretsmanager:GetSecretValue", SecretId=login.secret
                )
            except CallFailed as failed:
                refused = failed
                continue
            if found is not None:
                return password_of(str(found.get("SecretString", "")))
        why = f"is not given: {refused.code}" if refused else "is in none of the plan's regions"
        raise Inconclusive(f"the secret of {login.user} {why}")

    def service_time(self) -> datetime | None:
        """Give the `Date` of an answer of AWS."""
        client: Any = getattr(self._port, "client", None)
        if client is None:
            return None
        try:
            answer = client("sts", self._regions[0]).get_caller_identity()
        except Exception:  # noqa: BLE001  # botocore's and urllib3's: the time is then not known
            return None
        return date_of(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}))


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Read the `Date` of an answer; None where there is none."""
    try:
        return parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        return None


def _regions_of(session: Any, service: str, partition: str) -> list[str]:
    return list(session.get_available_regions(service, partition_name=partition))


class SandboxTarget(Target):
    """A sandbox account; as the drill's role, or to sweep as the sweeper's."""

    name: ClassVar[str] = "sandbox"

    def __init__(self, *, sweeping: bool = False, environment: Mapping[str, str] | None = None) -> None:
        self._role = "sweeper_role" if sweeping else "role"
        self._environment = os.environ if environment is None else environment

    @contextmanager
    def open(self, plan: DrillPlan) -> Iterator[Sandbox]:
        """Enter it, and prove that it is the plan's account; raise `DrillRefused` otherwise, before anything else is asked."""
        told = plan.targets.get(self.name)
        if told is None:
            raise DrillRefused(
                f"plan {plan.name} says nothing of a sandbox", hint="name account, alias, never, role, sweeper_role"
            )
        self._refuse_other_endpoints(told)
        regions = tuple(sorted({subject.region for subject in plan.subjects.values()}))
        account = Account(
            "sandbox", told["account"], regions, profile=told.get("profile", ""), role=told.get(self._role, "")
        )
        port = enter(account, never=told.get("never", ()))
        yield Sandbox(port, account.id, regions, production_backups=told.get("production_backups", False))

    def _refuse_other_endpoints(self, told: Mapping[str, Any]) -> None:
        # Before a session is opened: credentials are not sent to whatever answers there.
        for name in sorted(self._environment):
            if name.startswith("AWS_ENDPOINT_URL") and self._environment[name]:
                raise DrillRefused(
                    f"G13 right endpoint: the environment variable {name} is set", hint=f"unset {name}: AWS is at AWS"
                )
        if is_dummy(told["account"]):
            raise DrillRefused(
                f"G13 right endpoint: {told['account']} is an account id of examples and emulators",
                hint="name the sandbox account under targets.sandbox.account",
            )
        if endpoint := configured_endpoint(told.get("profile", "")):
            raise DrillRefused(
                f"G13 right endpoint: the profile sends calls to {endpoint}", hint="take endpoint_url out of it"
            )


def configured_endpoint(profile: str) -> str:
    """Give the endpoint that a profile of AWS's configuration file names; "" where it names none."""
    import botocore.session  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    session = botocore.session.Session(profile=profile or None)
    try:
        told = session.get_scoped_config()
        section = session.full_config.get("services", {}).get(told.get("services", ""), {})
    except BotoCoreError:
        return ""  # a profile that is not there is told when it is entered
    every = [told, *(one for one in section.values() if isinstance(one, dict))]
    return next((str(one["endpoint_url"]) for one in every if one.get("endpoint_url")), "")


def enter(account: Account, *, never: tuple[str, ...]) -> Boto:
    """Enter an account by its role, and prove that it is the one, and none that is never touched."""
    from scanner.collect.session import connect  # noqa: PLC0415  # boto3 is heavy

    try:
        port, identity = connect(account)
    except ScanRefused as refused:
        raise DrillRefused(
            refused.message.replace("nothing was scanned", "nothing was done"), hint=refused.hint
        ) from None
    if identity.account in never:
        raise DrillRefused(
            f"G1 right account: {identity.account} is an account that is never touched", hint="correct the plan"
        )
    return port
