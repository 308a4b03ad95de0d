"""One module or folder per AWS service: what moto lacks, and what it gets wrong."""
