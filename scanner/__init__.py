"""The scanner: what is worth knowing about AWS backups, how it is read, and how it is judged."""

#: the one place of it: a package is built from it, and it is quicker to read than a package's metadata
VERSION = "0.1.0"
