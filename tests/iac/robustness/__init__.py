"""Whatever is given to the readers of code: bounded time and memory, a problem with its line, and no secret told."""
