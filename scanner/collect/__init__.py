"""All reading from outside: the port to AWS, the live collection, and kept estates."""
