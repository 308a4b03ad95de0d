"""A moto server that somebody else runs: what it has is scanned, what it does not know is unsupported, and soon."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import boto3
import pytest

from rules import catalogue
from scanner.collect.live import collect
from scanner.collect.session import connect
from scanner.documents.construct import load_policy
from scanner.engine import judge
from scanner.model.configuration import Account
from scanner.model.reading import Known, Reason
from scanner.plan import plan
from scanner.resources.dynamodb import Table
from scanner.resources.rds.instances import Instance
from scanner.resources.s3.buckets import Bucket
from tests.collect.recorded import AT

SERVE = """
import logging, sys
from moto.server import ThreadedMotoServer
logging.disable()
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(*server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with subprocess.Popen([sys.executable, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True,
                          # Else every region has 1,290 snapshots of Amazon's as its own, each asked for its shares.
                          env={**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}) as server:  # fmt: skip
        assert server.stdout is not None
        host, port = server.stdout.readline().split()
        yield f"http://{host}:{port}"
        server.kill()


@pytest.mark.xdist_group("moto")
def test_a_plain_moto_server_is_scanned(endpoint: str) -> None:
    session = boto3.Session("seed", "seed", region_name="eu-west-1")
    dynamodb, rds, s3 = (session.client(name, endpoint_url=endpoint) for name in ("dynamodb", "rds", "s3"))
    dynamodb.create_table(TableName="orders", BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])  # fmt: skip
    rds.create_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.t3.small", Engine="postgres",
                           AllocatedStorage=20, MasterUsername="postgres", MasterUserPassword="emulated-only",
                           BackupRetentionPeriod=9)  # fmt: skip
    s3.create_bucket(Bucket="orders-files", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    account = Account("prod", "123456789012", ("eu-west-1",), endpoint=endpoint)
    rules = list(catalogue().rules.values())
    begun = time.monotonic()
    port, who = connect(account)
    estate = collect(plan(rules), port, account=who.account, caller=who.arn, regions=account.regions, at=AT)
    assert time.monotonic() - begun < 30  # about 2 s alone; the endless retries of old took minutes

    found = {kind: [one.name for one in estate.resources[kind.kind]] for kind in (Table, Instance, Bucket)}
    assert found == {Table: ["orders"], Instance: ["orders"], Bucket: ["orders-files"]}
    retention = estate.resources[Instance.kind][0].readings["retention"]
    assert isinstance(retention, Known)
    assert retention.value.days == 9
    assert estate.gaps
    # Malformed is what moto leaves the ARN out of.
    # Moto calls an account that is in no organisation unknown.
    strange = {gap.unknown.reason for gap in estate.gaps if not gap.kind.startswith("aws.organizations.")}
    assert strange <= {Reason.UNSUPPORTED, Reason.MALFORMED}
    assert len({gap.kind for gap in estate.gaps if gap.unknown.reason is Reason.UNSUPPORTED}) > 5
    assert not judge(rules, estate, load_policy(), at=AT).crashes
