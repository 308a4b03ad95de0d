"""Rehearsed, attested, in order."""
