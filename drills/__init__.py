"""The drills: what restores backups and measures how long it takes and how much is lost."""
