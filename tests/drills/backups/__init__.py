"""Restore jobs of AWS Backup on real servers."""
