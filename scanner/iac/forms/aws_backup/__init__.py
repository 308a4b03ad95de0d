"""AWS Backup in code: plans and selections, vaults, reports and restore tests."""
