"""AWS Backup: plans and what they select, vaults and what lies in them, jobs, and settings per region."""
