"""Fuzzing of the readers of code: one law for whatever is in a file, held by tests and by atheris alike."""
