"""What a drill measures: marks on a clock, canaries that came back, checks that held."""
