"""What every program of this distribution has in common: how it ends, how it complains, how it writes a file."""
