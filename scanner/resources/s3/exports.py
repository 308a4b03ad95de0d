"""What the configuration says is written to S3: mirrors of repositories and exports of configuration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scanner.model.convert import instant, text
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item, of
from scanner.model.resource import Resource


def newest(raw: Any) -> datetime | None:
    """Find when the newest object that has content was written; empty ones are folders or failed writes."""
    return max((instant(one["LastModified"]) for one in raw if one["Size"]), default=None)


def total(raw: Any) -> int:
    """Add up the sizes of the objects."""
    return sum(int(one["Size"]) for one in raw)


# A bucket that does not exist holds nothing: that is certain, for bucket names are unique in all of AWS.
_MIRROR = call(
    "s3:ListObjectsV2", permission="s3:ListBucket", nothing_on=["NoSuchBucket"],
    Bucket=of("mirror.bucket"), Prefix=of("mirror.prefix || ''"),
)  # fmt: skip
_EXPORT = call(
    "s3:ListObjectsV2", permission="s3:ListBucket", nothing_on=["NoSuchBucket"],
    Bucket=of("bucket"), Prefix=of("prefix || ''"),
)  # fmt: skip


class Mirror(Resource):
    """The mirror of a version-controlled repository, as the configuration declares it."""

    kind = "aws.repository.mirror"
    title = "repository mirror"
    listed_by = Listing(None, declared="repositories", id="repository/{name}", name="{name}")

    bucket: Fact[str] = fact("The bucket that holds it.", live=item("mirror.bucket", text))
    prefix: Fact[str] = fact("Where in the bucket it is.", live=item("mirror.prefix", text, absent=""))
    # An answer without Contents names no object (ListObjectsV2, API reference).
    newest: Fact[datetime | None] = fact(
        "When the newest object with content was written; none where there is no such object.",
        live=_MIRROR.at("Contents", newest, absent=None),
    )
    objects: Fact[int] = fact("How many objects it has.", live=_MIRROR.at("Contents", len, absent=0))
    size: Fact[int] = fact("Its size in bytes.", live=_MIRROR.at("Contents", total, absent=0))


class Export(Resource):
    """An export of environment configuration, as the configuration declares it."""

    kind = "aws.configuration.export"
    title = "configuration export"
    listed_by = Listing(None, declared="exports", id="export/{name}", name="{name}")

    exports: Fact[str] = fact("What is exported: ssm-parameters, appconfig, lambda, ecs, ...", live=item("of", text))
    bucket: Fact[str] = fact("The bucket that holds it.", live=item("bucket", text))
    prefix: Fact[str] = fact("Where in the bucket it is.", live=item("prefix", text, absent=""))
    newest: Fact[datetime | None] = fact(
        "When the newest object with content was written; none where there is no such object.",
        live=_EXPORT.at("Contents", newest, absent=None),
    )
    objects: Fact[int] = fact("How many objects it has.", live=_EXPORT.at("Contents", len, absent=0))
    size: Fact[int] = fact("Its size in bytes.", live=_EXPORT.at("Contents", total, absent=0))
