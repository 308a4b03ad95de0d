"""AWS IAM in code: roles, users, groups, managed policies, and what gives the one to the other."""
