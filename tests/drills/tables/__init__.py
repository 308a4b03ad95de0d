"""Drills of tables."""
