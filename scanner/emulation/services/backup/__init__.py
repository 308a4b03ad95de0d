"""AWS Backup, whole: moto has 17 of its operations and no recovery points, so none of it is taken from there."""
