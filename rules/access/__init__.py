"""Who may touch it: identities, what they may do to backups, and what they must show first."""
