"""Tests of the gate: code judged from the command line."""
