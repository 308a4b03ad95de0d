"""Buckets of S3: what versions there are, what a version holds, and canaries as objects."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from drills.measuring.canaries import Canary
from drills.sampling import CURRENT, DELETED, OVERWRITTEN, File
from drills.stage.port import Calls

#: Canaries lie below this, and below the run: nothing else is written to a bucket that is not the run's own.
CANARIES = "bkpdrill-canaries/"
_CHUNK = 1 << 20
_NEVER = datetime.min.replace(tzinfo=UTC)


def inventory(calls: Calls, bucket: str, prefix: str = "") -> list[File]:
    """List every version below a prefix that could be brought back; canaries are none."""
    versions: list[Mapping[str, Any]] = []
    gone: set[str] = set()
    for page in calls.pages("s3:ListObjectVersions", Bucket=bucket, Prefix=prefix):
        versions += [one for one in page.get("Versions", ()) if not one["Key"].startswith(CANARIES)]
        gone |= {one["Key"] for one in page.get("DeleteMarkers", ()) if one["IsLatest"]}
    newest: dict[str, datetime] = {}
    for one in versions:
        newest[one["Key"]] = max(newest.get(one["Key"], _NEVER), one["LastModified"])
    return [_file(one, newest, gone) for one in versions]


def _file(one: Mapping[str, Any], newest: Mapping[str, datetime], gone: set[str]) -> File:
    key = one["Key"]
    last_of_deleted = key in gone and one["LastModified"] == newest[key]
    state = CURRENT if one["IsLatest"] else DELETED if last_of_deleted else OVERWRITTEN
    return File(key, one["VersionId"], one["Size"], one["LastModified"], one["ETag"].strip('"'), state)


def content(calls: Calls, bucket: str, key: str, version: str = "") -> tuple[Content, Mapping[str, Any]]:
    """Read an object whole, piece by piece, and give its hashes and what S3 says beside it."""
    chosen = {"VersionId": version} if version else {}
    answer = calls.one("s3:GetObject", Bucket=bucket, Key=key, ChecksumMode="ENABLED", **chosen)
    sha, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    body = answer["Body"]
    while chunk := body.read(_CHUNK):
        sha.update(chunk)
        md5.update(chunk)
        size += len(chunk)
    return Content(size, sha.hexdigest(), md5.hexdigest()), answer


class Content:
    """What an object holds, in figures."""

    def __init__(self, size: int, sha256: str, md5: str) -> None:
        self.size, self.sha256, self.md5 = size, sha256, md5


def checksum_of(head: Mapping[str, Any]) -> tuple[str, str]:
    """Give what S3 itself keeps of a version's content: how it is computed, and its value; empty where it says nothing.

    An ETag is the MD5 of the content only of what was uploaded in one part, and is not encrypted with a key of KMS
    (S3 API, "Object"). A checksum of an upload in parts is one of the parts' checksums.
    """
    told = head.get("ChecksumSHA256", "")
    if told and "-" not in told and head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT":
        return "sha256", base64.b64decode(told).hex()
    etag = head.get("ETag", "").strip('"')
    if etag and "-" not in etag and not head.get("ServerSideEncryption", "AES256").startswith("aws:kms"):
        return "md5", etag
    return "", ""


def manifest_of(calls: Calls, bucket: str, key: str) -> dict[str, str]:
    """Read a manifest as `sha256sum` writes it: a hash, and the key of the object that it is of, on each line."""
    body = calls.one("s3:GetObject", Bucket=bucket, Key=key)["Body"].read()
    found = {}
    for line in body.decode().splitlines():
        digest, _, name = line.strip().partition(" ")
        if len(digest) == hashlib.sha256().digest_size * 2:
            found[name.strip().removeprefix("*")] = digest.lower()
    return found


class BucketWell:
    """Canaries as objects, each under a key of its own, which holds the run's name."""

    def __init__(self, calls: Calls, bucket: str, run: str) -> None:
        self._calls, self._bucket, self._prefix = calls, bucket, f"{CANARIES}{run}/"

    def prepare(self) -> None:
        """Nothing has to be made."""

    def write(self, canary: Canary) -> None:
        """Write one; S3 has it when this returns."""
        told = {
            "number": canary.number,
            "written_at": canary.written_at.astimezone(UTC).isoformat(),
            "nonce": canary.nonce,
            "seal": canary.seal,
        }
        self._calls.one(
            "s3:PutObject",
            Bucket=self._bucket,
            Key=f"{self._prefix}{canary.number:09d}",
            Body=json.dumps(told).encode(),
        )

    def read(self) -> Iterable[Canary]:
        """Give all that are there."""
        for one in self._calls.every("s3:ListObjectsV2", "Contents", Bucket=self._bucket, Prefix=self._prefix):
            yield _canary(self._calls.one("s3:GetObject", Bucket=self._bucket, Key=one["Key"])["Body"].read())

    def versions(self) -> list[Mapping[str, Any]]:
        """List the versions of the canaries."""
        return list(self._all("Versions"))

    def forget(self) -> None:
        """Delete every version of the run's canaries, and nothing else."""
        for one in self._all("Versions", "DeleteMarkers"):
            self._calls.one("s3:DeleteObject", Bucket=self._bucket, Key=one["Key"], VersionId=one["VersionId"])

    def delete(self) -> None:
        """Delete the canaries as anybody would: in a bucket that keeps versions, they can be brought back."""
        for one in self._calls.every("s3:ListObjectsV2", "Contents", Bucket=self._bucket, Prefix=self._prefix):
            self._calls.one("s3:DeleteObject", Bucket=self._bucket, Key=one["Key"])

    def _all(self, *members: str) -> Iterator[Mapping[str, Any]]:
        for page in self._calls.pages("s3:ListObjectVersions", Bucket=self._bucket, Prefix=self._prefix):
            for member in members:
                yield from page.get(member, ())


def _canary(body: bytes) -> Canary:
    """Read a canary; one that cannot be read is one that nobody wrote, and its seal will say so."""
    try:
        told = json.loads(body)
        written = datetime.fromisoformat(told["written_at"])
        return Canary(int(told["number"]), written, str(told["nonce"]), str(told["seal"]))
    except (ValueError, KeyError, TypeError):
        return Canary(-1, _NEVER, "", "")


def removals(calls: Calls, bucket: str) -> dict[str, list[datetime]]:
    """Give when each file was deleted that ever was."""
    found: dict[str, list[datetime]] = {}
    for page in calls.pages("s3:ListObjectVersions", Bucket=bucket):
        for one in page.get("DeleteMarkers", ()):
            found.setdefault(one["Key"], []).append(one["LastModified"])
    return found
