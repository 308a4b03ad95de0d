"""Buckets as AWS makes them today: encrypted from birth, and listed with their region."""

from datetime import UTC, datetime

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import EVERYWHERE, World
from scanner.emulation.wire import Document

ENCRYPTED: Document = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
}


def put_object(world: World, account: str, bucket: str, key: str, at: datetime, body: bytes = b"") -> None:
    """Put an object last modified at a given time, a hundred times faster than through the port."""
    held = world.backend("s3", account, EVERYWHERE).put_object(bucket, key, body)
    held.last_modified = at.astimezone(UTC).replace(tzinfo=None)


def date_object(world: World, account: str, bucket: str, key: str, at: datetime) -> None:
    """Set when an object was last modified."""
    s3 = world.backend("s3", account, EVERYWHERE)
    s3.buckets[bucket].keys[key].last_modified = at.astimezone(UTC).replace(tzinfo=None)


def date_bucket(world: World, account: str, bucket: str, at: datetime) -> None:
    """Set when a bucket was created."""
    world.backend("s3", account, EVERYWHERE).buckets[bucket].creation_date = at.astimezone(UTC).replace(tzinfo=None)


@answers("s3:CreateBucket")
def create_bucket(call: Call) -> Document:
    """Moto dates buckets by the machine's clock, all else by the world's."""
    answer = call.moto()
    date_bucket(call.world, call.account, call.params["Bucket"], call.now)
    return answer


@answers("s3:GetBucketEncryption")
def get_bucket_encryption(call: Call) -> Document:
    """A bucket nobody configured is encrypted with S3's own keys, since January 2023."""
    buckets = call.world.backend("s3", call.account, EVERYWHERE).buckets
    bucket = buckets.get(call.params["Bucket"])
    if bucket is None or bucket.encryption:
        return call.moto()
    return {"ServerSideEncryptionConfiguration": ENCRYPTED}


@answers("s3:ListBuckets")
def list_buckets(call: Call) -> Document:
    """A paged or narrowed listing names each bucket's region; a plain one does not."""
    answer, told = call.moto(), call.params
    asked = {"MaxBuckets", "ContinuationToken", "Prefix", "BucketRegion"} & {
        name for name, value in told.items() if value not in (None, "")
    }
    if not asked:
        return answer
    buckets = call.world.backend("s3", call.account, EVERYWHERE).buckets
    shown = [
        {**bucket, "BucketRegion": buckets[bucket["Name"]].region_name}
        for bucket in answer["Buckets"]
        if bucket["Name"].startswith(told.get("Prefix") or "")
    ]
    shown = [bucket for bucket in shown if told.get("BucketRegion") in (None, "", bucket["BucketRegion"])]
    page, more = call.page(shown, size="MaxBuckets", token="ContinuationToken", most=10_000)
    return {"Buckets": page, "Owner": answer["Owner"], **more}
