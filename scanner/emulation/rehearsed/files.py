"""Documents in a bucket that keeps every version: current, overwritten and deleted ones, and a manifest of them."""

import hashlib

from scanner.emulation.rehearsed.settling import HOME, Site

BUCKET = "rehearsed-documents"
FILES = 120


def settle(site: Site) -> None:
    """Make the bucket, and what lies in it."""
    site.tell("documents")
    s3 = site.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": HOME})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "System", "Value": "documents"}]})
    site.made["bucket:documents"] = f"arn:aws:s3:::{BUCKET}"
    lines = []
    for number in range(FILES):
        key = f"{('contracts', 'invoices', 'minutes')[number % 3]}/{number:04d}.txt"
        body = f"document {number}\n".encode() * (1 + number * number % 400)
        if number % 10 == 1:
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"a first draft", ContentType="text/plain")
        s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType="text/plain")
        if number % 10 == 2:
            s3.delete_object(Bucket=BUCKET, Key=key)
        lines.append(f"{hashlib.sha256(body).hexdigest()}  {key}\n")
    s3.put_object(Bucket=BUCKET, Key="manifest.sha256", Body="".join(lines).encode())
