"""Configuration that is no data: networks, groups of parameters, parameters, and what is known of secrets."""
