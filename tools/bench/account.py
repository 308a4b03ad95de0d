"""An emulated account of any size, in a process of its own: `python -m tools.bench.account --size 10`."""

from __future__ import annotations

import argparse
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scanner.emulation import Emulator

REGIONS = ("eu-west-1", "eu-central-1")
TAGS = [{"Key": "System", "Value": "orders"}]
CONFIG = """schema: backup-scan/config/1
accounts:
  bench: {{id: "123456789012", regions: [eu-west-1, eu-central-1], endpoint: "{endpoint}"}}
systems:
  - name: orders
    tier: production-database
    covers: [production-databases]
    select: [{{tag: {{System: orders}}}}]
"""


def fill(emulator: Emulator, size: int) -> None:
    """Make `size` times 10 tables, databases, buckets and keys and 30 volumes with two snapshots each, per region."""
    # moto loads a service when it is first called; a second call must not find it half loaded.
    emulator.client("s3", REGIONS[0]).list_buckets()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda job: job(), [job for region in REGIONS for job in _jobs(emulator, region, size)]))


def _jobs(emulator: Emulator, region: str, size: int) -> list[Any]:
    rds, ddb, ec2 = (emulator.client(name, region) for name in ("rds", "dynamodb", "ec2"))
    s3, kms = emulator.client("s3", region), emulator.client("kms", region)
    jobs: list[Any] = []
    for n in range(10 * size):
        jobs += [
            lambda n=n: rds.create_db_instance(
                DBInstanceIdentifier=f"db-{n}", DBInstanceClass="db.t3.small", Engine="postgres", AllocatedStorage=20,
                MasterUsername="postgres", MasterUserPassword="emulated-only", BackupRetentionPeriod=7 + n % 30, Tags=TAGS,
            ),
            lambda n=n: ddb.create_table(
                TableName=f"table-{n}", BillingMode="PAY_PER_REQUEST", Tags=TAGS,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            ),
            lambda n=n: s3.create_bucket(
                Bucket=f"bench-{region}-{n}", CreateBucketConfiguration={"LocationConstraint": region}
            ),
            lambda n=n: kms.create_key(Description=f"key {n}", Tags=[{"TagKey": "System", "TagValue": "orders"}]),
        ]  # fmt: skip
    for n in range(30 * size):
        jobs.append(lambda n=n: _volume(ec2, region, n))  # a comprehension would hide the loop variable
    return jobs


def _volume(ec2: Any, region: str, number: int) -> None:
    made = ec2.create_volume(
        AvailabilityZone=f"{region}a", Size=8, Encrypted=bool(number % 2),
        TagSpecifications=[{"ResourceType": "volume", "Tags": TAGS}],
    )  # fmt: skip
    for _ in range(2):
        ec2.create_snapshot(VolumeId=made["VolumeId"])


def main() -> None:
    """Serve until standard input ends; a line on it sets the latency of every call, in seconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=1)
    asked = parser.parse_args()
    with Emulator() as emulator:
        fill(emulator, asked.size)
        print(emulator.endpoint, flush=True)
        for line in sys.stdin:
            words = line.split()
            if words[0] == "latency":
                emulator.interference.latency(float(words[1]))
            elif words[0] == "calls":
                print(len(emulator.interference.calls), flush=True)
                continue
            print("ok", flush=True)


if __name__ == "__main__":
    threading.current_thread().name = "bench"
    main()
