"""Terraform and OpenTofu: configuration, plans and states, read into blocks."""
