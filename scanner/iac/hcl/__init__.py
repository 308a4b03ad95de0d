"""HCL, the language of Terraform: its syntax, its expressions and its values; nothing of any provider."""
