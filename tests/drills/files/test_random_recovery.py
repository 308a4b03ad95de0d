"""Files come back from their versions; a file that holds something else, or does not come, is told."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from drills.kinds import drills
from drills.measuring.clock import Mark
from drills.scene import Measured
from scanner.collect.port import CallFailed, Page
from scanner.model.reading import Reason
from tests.drills.emulated import Desk, broken, held

DRILL = "files-random-recovery"
RIGHT = "every file holds what it held"


def run(at: Desk, **settings: Any) -> Measured:
    return at.run(DRILL, at.subject("bucket", "documents", canaries=timedelta(milliseconds=100)), settings)


class Between:
    """A port that does something else than it is asked."""

    def __init__(self, at: Desk, **instead: Any) -> None:
        self.inner, self.instead = at.target.port, instead
        vars(at.target)["_port"] = self

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        if operation in self.instead:
            parameters = self.instead[operation](dict(parameters))
        yield from self.inner.pages(service, operation, region, parameters)


def test_a_sample_comes_back_and_is_published(at: Desk) -> None:
    measured = run(at)
    assert (measured.why, measured.came_back, broken(measured)) == ("", True, {})
    assert all(check.held for check in measured.checks)
    shown = measured.shown
    assert (shown["population"], shown["sample"], shown["sample_wanted"]) == (13, 13, 13)
    assert len(shown["seed"]) == len(shown["inventory"]) == 64
    assert shown["sample_states"] == {"current": 11, "overwritten": 1, "deleted": 1}
    assert shown["compared_with"] == {"S3's md5": 13}
    assert set(shown["seconds_per_file"]) == {"median", "longest"}
    assert list(measured.timeline.stamps)[-2:] == [Mark.VALIDATED, Mark.CLEANED]


def test_what_was_overwritten_or_deleted_comes_back_by_its_version(at: Desk) -> None:
    measured = run(at)
    assert held(measured, "overwritten files come back by their version") is True
    assert held(measured, "deleted files come back by their version") is True


def test_it_leaves_nothing_behind(at: Desk) -> None:
    def there() -> list[tuple[str, str]]:
        told = at.client("s3").list_object_versions(Bucket="documents")
        return sorted((one["Key"], one["VersionId"]) for one in [*told["Versions"], *told["DeleteMarkers"]])

    before = there()
    measured = run(at)
    assert measured.left_behind == ()
    assert there() == before
    assert [one["Name"] for one in at.client("s3").list_buckets()["Buckets"]] == ["documents"]
    assert at.left() == []


def test_deleted_canaries_come_back_by_their_versions(at: Desk) -> None:
    fresh = run(at).freshness
    assert fresh is not None
    assert fresh.returned == fresh.due >= 3
    assert fresh.trouble == ""


def test_a_wrong_version_is_caught(at: Desk) -> None:
    def newest(told: dict[str, Any]) -> dict[str, Any]:
        if told["CopySource"]["Key"] == "contracts/1.txt":  # the overwritten one: what is there now comes instead
            told["CopySource"] = {key: value for key, value in told["CopySource"].items() if key != "VersionId"}
        return told

    Between(at, CopyObject=newest)
    measured = run(at)
    assert broken(measured)[RIGHT] == "1 of 13: contracts/1.txt"
    assert held(measured, "overwritten files come back by their version") is False


def test_a_file_that_does_not_come_is_caught(at: Desk) -> None:
    def refuse(told: dict[str, Any]) -> dict[str, Any]:
        if told["CopySource"]["Key"] == "letters/3.txt":
            raise CallFailed(Reason.DENIED, "AccessDenied", "told so")
        return told

    Between(at, CopyObject=refuse)
    measured = run(at)
    assert measured.came_back is True
    assert broken(measured)["every file of the sample came back"] == "1 of 13: letters/3.txt (AccessDenied)"
    assert held(measured, "deleted files come back by their version") is False


def test_nothing_that_comes_is_nothing_that_came_back(at: Desk) -> None:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise CallFailed(Reason.DENIED, "AccessDenied", "told so")

    Between(at, CopyObject=refuse)
    measured = at.run(DRILL, at.subject("bucket", "documents"))
    assert measured.came_back is False


def test_forged_canaries_do_not_count(at: Desk) -> None:
    def forge(told: dict[str, Any]) -> dict[str, Any]:
        told["Body"] = told["Body"].replace(b'"number": ', b'"number": 1')
        return told

    Between(at, PutObject=forge)
    measured = run(at)
    assert measured.freshness is not None
    assert (measured.freshness.returned, measured.freshness.loss) == (0, None)
    assert measured.freshness.strangers >= 3
    assert measured.came_back is False


def test_a_manifest_is_believed_before_the_store(at: Desk) -> None:
    s3 = at.client("s3")
    lines = f"{hashlib.sha256(b'').hexdigest()}  letters/0.txt\n{'0' * 64} *contracts/2.txt\n"
    s3.put_object(Bucket="documents", Key="manifest", Body=lines.encode())
    measured = run(at, manifest="manifest")
    assert broken(measured)[RIGHT] == "1 of 14: contracts/2.txt"
    assert measured.shown["compared_with"]["manifest"] == 2


def test_where_nothing_says_what_a_file_held_it_is_not_called_right(at: Desk) -> None:
    key = at.client("kms").create_key()["KeyMetadata"]["Arn"]
    at.client("s3").put_object(
        Bucket="documents", Key="sealed", Body=b"s", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )
    measured = run(at)
    assert held(measured, "of every file something says what it held") is None
    assert broken(measured) == {}


def test_a_bucket_that_keeps_no_versions_is_told(at: Desk) -> None:
    at.client("s3").put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Suspended"})
    measured = at.run(DRILL, at.subject("bucket", "documents"))
    assert broken(measured)["the bucket keeps every version"] == "versioning is Suspended"


def test_an_empty_place_is_inconclusive(at: Desk) -> None:
    measured = run(at, prefix="nowhere/")
    assert measured.why == "there is no file in documents/nowhere/ that could be recovered"


@pytest.mark.parametrize("setting", ["seed", "sample", "files", "keys"])
def test_nobody_can_choose_the_sample(setting: str) -> None:
    assert setting not in drills()[DRILL].settings["properties"]
