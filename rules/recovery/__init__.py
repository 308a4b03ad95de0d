"""The question: would it come back."""
