"""Amazon RDS: instances, clusters of Aurora, DocumentDB and Neptune, their backups, and the settings a restore needs."""
