"""The question: is it taken on time and kept long enough."""
