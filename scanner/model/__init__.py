"""The language of the house: facts, readings, estates, policies, rules, verdicts. Standard library only."""
