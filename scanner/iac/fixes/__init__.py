"""Fixes: edits of the very block that failed, each proven by judging the block again with the value it would have."""
