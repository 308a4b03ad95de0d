"""Amazon S3 in code: buckets with all that settles something of them, and the block of the whole account."""
