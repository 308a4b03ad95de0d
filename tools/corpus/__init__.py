"""The corpus: public repositories of code that the gate is run on, and what it found there when last looked at."""
