"""A bucket that keeps every version, with files of several ages, and segments of a log."""

from collections.abc import Iterator

import pytest

from tests.drills.emulated import HERE, Desk, desk


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as found:
        s3 = found.client("s3")
        s3.create_bucket(Bucket="documents", CreateBucketConfiguration={"LocationConstraint": HERE})
        s3.put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Enabled"})
        for number in range(12):
            key = f"{'contracts' if number % 3 else 'letters'}/{number}.txt"
            s3.put_object(Bucket="documents", Key=key, Body=b"x" * number * 100, ContentType="text/plain",
                          Metadata={"owner": "legal"})  # fmt: skip
        s3.put_object(Bucket="documents", Key="contracts/1.txt", Body=b"overwritten")
        s3.delete_object(Bucket="documents", Key="letters/3.txt")
        yield found
