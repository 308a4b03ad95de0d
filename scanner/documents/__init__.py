"""What people write: the policy and the configuration, read with file and line."""
