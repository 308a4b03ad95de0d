"""What developers run and users never see: generated pages, scaffolds, benchmarks. Not part of the wheel."""
