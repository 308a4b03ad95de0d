"""The question: would anyone notice."""
