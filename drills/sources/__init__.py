"""Sources without a login: tables and buckets, in which canaries are written and content is counted through AWS's API."""
