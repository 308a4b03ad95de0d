"""Far enough away, and unalterable."""
