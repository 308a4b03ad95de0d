"""What a run leaves behind: its record, its measurements, and the reports that people read."""
