"""The question: is everything that must survive covered."""
