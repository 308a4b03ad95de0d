"""Databases of RDS, Aurora, DocumentDB and Neptune; one API serves all four, as at AWS."""
