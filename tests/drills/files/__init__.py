"""Drills of files."""
