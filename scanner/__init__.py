"""The scanner: what is worth knowing about AWS backups, how it is read, and how it is judged."""
