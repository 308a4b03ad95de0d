"""BK505."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import tentative
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.permissions.transit import Reach, refusing_older, refusing_plain
from scanner.resources.s3.buckets import Bucket
from scanner.resources.tls import rank

#: Since February 2024 no endpoint of S3 takes anything older (AWS storage blog, "Enforcing encryption in transit with
#: TLS1.2 or higher with Amazon S3").
_ENDPOINTS = "1.2"


@rule(
    "BK505",
    severity=Severity.MEDIUM,
    reads=[Bucket.policy],
    enforces=["5.1-transmission"],
    aliases=["s3-bucket-ssl-requests-only"],
)
def buckets_refuse_plain_http_and_older_tls(bucket: Bucket, demand: Objective) -> Verdict:
    """Buckets refuse plain HTTP and older TLS.

    S3 answers plain HTTP, and TLS 1.2, unless the bucket's policy denies it: to everyone, every action, on the bucket
    and on its objects. A statement that asks for both at once denies neither. Calls that AWS's own services make may
    be left out.

    Fix: deny s3:* on the bucket and its objects to everyone, in one statement where aws:SecureTransport is false, and
    in another where s3:TlsVersion is less than the demanded version; interface endpoints and multi-Region access
    points know no TLS 1.3, so their callers move first.
    """
    wanted = f"TLS {demand.tls} or newer"
    if bucket.policy is None:
        return Verdict.failed("has no policy, so plain HTTP is answered", wanted)
    plain = refusing_plain(bucket.policy, tentative(bucket.id, bucket))
    if not plain.whole:
        return Verdict.failed(_left("plain HTTP", plain), wanted)
    if rank(demand.tls) <= rank(_ENDPOINTS):
        return Verdict.passed(f"refuses plain HTTP, and S3 takes nothing older than TLS {_ENDPOINTS}")
    old = refusing_older(bucket.policy, tentative(bucket.id, bucket), demand.tls)
    if not old.whole:
        return Verdict.failed(_left(f"TLS older than {demand.tls}", old), wanted)
    return Verdict.passed(f"refuses plain HTTP and TLS older than {demand.tls}")


def _left(what: str, reach: Reach) -> str:
    if reach.bucket or reach.objects:
        return f"denies {what} on {'the bucket' if reach.bucket else 'the objects'} only"
    return f"does not deny {what}" + (f": {reach.short[0]}" if reach.short else "")
