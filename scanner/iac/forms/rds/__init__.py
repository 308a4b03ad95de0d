"""Amazon RDS in code, with Aurora, DocumentDB and Neptune, which share its API."""
