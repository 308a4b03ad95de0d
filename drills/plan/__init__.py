"""The drill plan: what is drilled, on what, within which limits, and who has approved it."""
