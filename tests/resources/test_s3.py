"""What is read of buckets: lifecycle and replication rules, where replicas are, and log sequences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.estate import Estate, Gap
from scanner.model.look import Look
from scanner.model.reading import Evidence, Known, Reason, Source, Unknown
from scanner.resources.s3.buckets import AWS_MANAGED_KEY, Bucket, Lock, encrypts_by, lock
from scanner.resources.s3.exports import newest
from scanner.resources.s3.lifecycle import LifecycleRule, Transition, lifecycle_rule
from scanner.resources.s3.logs import Hole, binlog_sequence, wal_sequence
from scanner.resources.s3.replication import ReplicationRule, replication_rule

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def objects(*names: str, size: int = 100) -> list[dict[str, Any]]:
    return [{"Key": f"pre/fix/{name}", "LastModified": AT, "Size": size} for name in names]


def wal(timeline: int, position: int, per_log: int = 256) -> str:
    return f"{timeline:08X}{position // per_log:08X}{position % per_log:08X}"


# -- PostgreSQL ------------------------------------------------------------------------------------------------


def test_a_log_ends_after_256_segments() -> None:
    found = wal_sequence(
        objects("00000001000000000000" + "00FE", "0000000100000000000000FF", "000000010000000100000000")
    )
    assert (found.segments, found.holes) == (3, ())


def test_a_hole_across_the_end_of_a_log() -> None:
    found = wal_sequence(objects(wal(1, 254), wal(1, 258)))
    assert found.holes == (Hole("0000000100000000000000FF", "000000010000000100000001", 3),)


def test_compressed_and_checksummed_names_count() -> None:
    checksum = "a" * 40
    names = [f"{wal(1, 1)}.gz", f"{wal(1, 2)}-{checksum}.zst", f"{wal(1, 3)}.lz4", wal(1, 4).lower()]
    assert wal_sequence(objects(*names)).segments == 4


def test_what_is_no_segment_does_not_count() -> None:
    names = [
        f"{wal(1, 2)}.partial",
        f"{wal(1, 2)}.00000028.backup",
        "00000002.history",
        "README",
        f"{wal(1, 2)}.partial.gz",
    ]
    found = wal_sequence(objects(wal(1, 1), *names, wal(1, 3)))
    assert found.holes == (Hole(wal(1, 2), wal(1, 2), 1),)


def test_a_timeline_may_begin_where_its_parent_ended() -> None:
    assert not wal_sequence(objects(wal(1, 1), wal(1, 2), wal(2, 2), wal(2, 3))).holes
    assert not wal_sequence(objects(wal(1, 1), wal(1, 2), wal(2, 3))).holes


def test_a_timeline_may_not_begin_later() -> None:
    assert wal_sequence(objects(wal(1, 1), wal(1, 2), wal(2, 5))).holes == (Hole(wal(2, 3), wal(2, 4), 2),)


def test_an_abandoned_timeline_hides_no_hole() -> None:
    """Timeline 2 left at 3; that timeline 1 went on to 6 does not fill the hole at 5."""
    names = [wal(1, number) for number in range(1, 7)] + [wal(2, number) for number in (3, 4, 6)]
    assert wal_sequence(objects(*names)).holes == (Hole(wal(2, 5), wal(2, 5), 1),)


def test_plain_segments_tell_their_size() -> None:
    names = [wal(1, number, per_log=64) for number in range(60, 70)]
    assert not wal_sequence(objects(*names, size=64 << 20)).holes


def test_three_logs_that_end_alike_tell_their_size() -> None:
    names = [wal(1, number, per_log=64) + ".gz" for number in range(60, 260)]
    assert not wal_sequence(objects(*names)).holes


def test_a_hole_at_the_end_of_one_log_is_no_proof_of_another_size() -> None:
    found = wal_sequence(objects(*(wal(1, number) + ".gz" for number in (*range(60, 64), 256, 257))))
    assert found.holes == (Hole(wal(1, 64), wal(1, 255), 192),)


@given(
    st.integers(0, 1000),
    st.sets(st.integers(0, 1500), min_size=2, max_size=60),
    st.sampled_from([64, 256, 1024]),
)
def test_holes_are_what_is_not_there(start: int, steps: set[int], per_log: int) -> None:
    there = {start + step for step in steps}
    lacking = set(range(min(there), max(there))) - there
    found = wal_sequence(objects(*(wal(1, one, per_log) for one in there), size=(1 << 32) // per_log))
    assert sum(hole.count for hole in found.holes) == len(lacking)
    assert {hole.first for hole in found.holes} <= {wal(1, one, per_log) for one in lacking}


def test_no_segments_at_all() -> None:
    assert wal_sequence([]).segments == binlog_sequence(objects("binlog.index")).segments == 0


# -- MySQL -----------------------------------------------------------------------------------------------------


def test_binary_logs_are_counted_by_base() -> None:
    found = binlog_sequence(objects("a.000001", "a.000002.gz", "b.000007", "b.000009", "a.index"))
    assert found.holes == (Hole("b.000008", "b.000008", 1),)
    assert (found.first, found.last) == ("a.000001", "b.000009")


def test_binary_logs_grow_beyond_six_digits() -> None:
    assert not binlog_sequence(objects("binlog.999999", "binlog.1000000")).holes


# -- rules of buckets ------------------------------------------------------------------------------------------


def test_a_lifecycle_rule() -> None:
    raw = {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "x/", "Tags": [{"Key": "a", "Value": "b"}], "ObjectSizeGreaterThan": 5}},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 3},
        "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
        "NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "STANDARD_IA"}],
    }
    assert lifecycle_rule(raw) == LifecycleRule(
        name="old",
        part="prefix x/ and tag a=b and larger than 5 bytes",
        noncurrent_after=timedelta(days=7),
        noncurrent_kept=3,
        transitions=(
            Transition("GLACIER", timedelta(days=30)),
            Transition("STANDARD_IA", timedelta(days=1), noncurrent=True),
        ),
    )


def test_the_oldest_spelling_of_a_part() -> None:
    assert lifecycle_rule({"Status": "Disabled", "Prefix": "logs/"}).part == "prefix logs/"
    assert not lifecycle_rule({"Status": "Disabled", "Filter": {"Prefix": ""}}).part


def test_a_replication_rule() -> None:
    raw = {
        "Status": "Enabled",
        "Filter": {},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": "arn:aws:s3:::far",
            "Account": "222222222222",
            "StorageClass": "GLACIER",
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
        },
    }
    assert replication_rule(raw) == ReplicationRule(
        "arn:aws:s3:::far",
        account="222222222222",
        storage_class="GLACIER",
        kms_objects=True,
        within_15_minutes=True,
    )


def test_keys_and_locks() -> None:
    assert encrypts_by({"SSEAlgorithm": "AES256"}) is None
    assert encrypts_by({"SSEAlgorithm": "aws:kms"}) == AWS_MANAGED_KEY
    assert encrypts_by({"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": "k"}) == "k"
    assert lock({"ObjectLockEnabled": "Enabled"}) == Lock()
    years = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}}}
    assert lock(years) == Lock("COMPLIANCE", timedelta(days=365))


def test_empty_objects_are_no_content() -> None:
    assert newest([{"LastModified": AT, "Size": 0}]) is None


# -- where replicas are ----------------------------------------------------------------------------------------


def elsewhere(rule: ReplicationRule, *, algorithm: str | None = "AES256", gap: bool = False) -> Any:
    lost = Unknown(Reason.DENIED, "denied")
    readings: dict[str, Any] = {
        "replication": Known((rule,)),
        "algorithm": Known(algorithm) if algorithm else lost,
    }
    here = Bucket("arn:aws:s3:::here", "here", "111111111111", "eu-west-1", readings)
    far = Bucket("arn:aws:s3:::far", "far", "111111111111", "eu-central-1", {})
    estate = Estate(
        Source.LIVE, "111111111111", "", ("eu-west-1",), AT, {Bucket.kind: (here, far)},
        {(Bucket.kind, ""): Evidence(Source.LIVE, "list")}, (Gap(Bucket.kind, "", lost),) if gap else (),
    )  # fmt: skip
    return here.seen_by(Look(estate)).elsewhere


def test_the_region_of_a_replica_is_that_of_its_bucket() -> None:
    found = elsewhere(ReplicationRule("arn:aws:s3:::far"))
    assert [(one.region, one.account) for one in found.known] == [("eu-central-1", "111111111111")]
    assert found.missing is None


def test_the_region_of_a_bucket_in_another_account_is_not_known() -> None:
    found = elsewhere(ReplicationRule("arn:aws:s3:::theirs", account="222222222222"))
    assert [(one.region, one.account) for one in found.known] == [("", "222222222222")]
    assert "account 222222222222" in found.missing.detail


@pytest.mark.parametrize(
    "rule",
    [
        ReplicationRule("arn:aws:s3:::far", enabled=False),
    ],
)
def test_what_is_no_copy_of_the_bucket(rule: ReplicationRule) -> None:
    found = elsewhere(rule)
    assert not found.known
    assert found.missing is None


def test_a_part_that_is_replicated_lies_there_but_is_no_copy_of_the_bucket() -> None:
    (found,) = elsewhere(ReplicationRule("arn:aws:s3:::far", part="prefix x/")).known
    assert (found.region, found.sound, found.how) == ("eu-central-1", False, "replication of prefix x/ to far")


def test_objects_encrypted_with_kms_are_left_out_unless_selected() -> None:
    assert not elsewhere(ReplicationRule("arn:aws:s3:::far"), algorithm="aws:kms").known[0].sound
    assert elsewhere(ReplicationRule("arn:aws:s3:::far", kms_objects=True), algorithm="aws:kms").known[0].sound
    unknown = elsewhere(ReplicationRule("arn:aws:s3:::far"), algorithm=None)
    assert not unknown.known
    assert unknown.missing is not None


def test_a_list_of_buckets_that_is_cut_short() -> None:
    assert elsewhere(ReplicationRule("arn:aws:s3:::far"), gap=True).known
    assert elsewhere(ReplicationRule("arn:aws:s3:::other"), gap=True).missing is not None
