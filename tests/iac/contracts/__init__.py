"""One truth in every source: what is written in each language reads the same."""
