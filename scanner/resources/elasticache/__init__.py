"""Amazon ElastiCache: caches of every form, and their snapshots."""
