"""Where a drill restores to: the emulation of this package, a LocalStack, or a sandbox account."""
