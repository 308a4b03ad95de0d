"""The session: into the configured account, by profile, role or environment, and into no other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scanner.collect.aws import CONNECT_TIMEOUT, READ_TIMEOUT, Boto, is_loopback
from scanner.collect.port import CallFailed
from scanner.collect.refusals import EXPIRED, in_a_line
from scanner.model.errors import ScanRefused

if TYPE_CHECKING:
    import boto3

    from scanner.model.configuration import Account


class Identity:
    """Who is calling: the account and the ARN that AWS sees."""

    def __init__(self, account: str, arn: str) -> None:
        self.account = account
        self.arn = arn


def connect(account: Account, *, concurrency: int = 16, attempts: int = 10) -> tuple[Boto, Identity]:
    """Open the configured account and prove that it is that account; raise `ScanRefused` otherwise.

    The endpoint is the account's, or `AWS_ENDPOINT_URL`. An emulator on loopback needs no credentials.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    region = account.regions[0]
    endpoint = account.endpoint or os.environ.get("AWS_ENDPOINT_URL", "")
    try:
        session = _session(account, endpoint)
        port = Boto(session, endpoint=endpoint or None, concurrency=concurrency, attempts=attempts)
        answer = port.client("sts", region).get_caller_identity()
        identity = Identity(str(answer["Account"]), str(answer["Arn"]))
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        message = error.response.get("Error", {}).get("Message", "")
        hint = "renew the credentials and run again" if code in EXPIRED else "check the role, profile and its trust"
        raise ScanRefused(
            f"account {account.name} ({account.id}): {error.operation_name} answered {code}: {message}", hint=hint
        ) from None
    except (
        BotoCoreError,
        CallFailed,
        ResponseParserError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as error:
        raise ScanRefused(
            f"account {account.name} ({account.id}): {in_a_line(error)}",
            hint="check credentials (profile, role, environment), the region's name and the network",
        ) from None
    if identity.account != account.id:
        raise ScanRefused(
            f"account {account.name} is configured as {account.id}, but the credentials belong to "
            f"{identity.account} ({identity.arn}); nothing was scanned",
            hint="use the credentials of the configured account, or correct its id in the configuration",
        )
    return port, identity


def _session(account: Account, endpoint: str) -> boto3.Session:
    """Open a session: from the profile or the environment, or from the account by way of which this one is entered."""
    import boto3  # noqa: PLC0415

    region = account.regions[0]
    if account.via is not None:
        session = _session(account.via, endpoint)
    else:
        session = boto3.Session(profile_name=account.profile or None, region_name=region)
        if is_loopback(endpoint) and session.get_credentials() is None:
            session = boto3.Session("emulator", "emulator", region_name=region)
        session = _share_loader(session)
    return _assume(session, account, endpoint) if account.role else session


def _share_loader(session: boto3.Session) -> boto3.Session:
    # One loader for all clients: six clients cost 40 MB without it and 5 MB with it (measured).
    core = session._session  # noqa: SLF001  # boto3 has no public way to its botocore session
    core.register_component("data_loader", core.get_component("data_loader"))
    return session


def _assume(session: boto3.Session, account: Account, endpoint: str) -> boto3.Session:
    """Take the role, and take it again whenever the credentials are about to end: a scan may last longer than they do."""
    import boto3  # noqa: PLC0415
    import botocore.session  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.credentials import RefreshableCredentials  # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT_TIMEOUT, read_timeout=READ_TIMEOUT, retries={"mode": "standard", "total_max_attempts": 3},
        proxies={} if is_loopback(endpoint) else None,
    )  # fmt: skip
    client = session.client("sts", endpoint_url=endpoint or None, config=config)
    extra = {"ExternalId": account.external_id} if account.external_id else {}

    def take() -> dict[str, str]:
        keys = client.assume_role(RoleArn=account.role, RoleSessionName="backup-scan", **extra)["Credentials"]
        return {
            "access_key": keys["AccessKeyId"],
            "secret_key": keys["SecretAccessKey"],
            "token": keys["SessionToken"],
            "expiry_time": keys["Expiration"].isoformat(),
        }

    core = botocore.session.get_session()
    core.register_component("data_loader", session._session.get_component("data_loader"))  # noqa: SLF001  # as above
    core._credentials = RefreshableCredentials.create_from_metadata(take(), take, "assume-role")  # noqa: SLF001
    return boto3.Session(botocore_session=core, region_name=account.regions[0])
