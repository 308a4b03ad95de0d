"""The door `backup-scan`: commands, exit codes, progress and printing. Heavy things are imported when used."""
