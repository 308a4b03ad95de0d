"""The second opinion: what checkov says of the same code, held against our verdicts, disagreements first."""
