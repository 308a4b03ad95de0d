"""Amazon S3: buckets, and what the configuration says is kept in them: mirrors, exports, archived logs."""
