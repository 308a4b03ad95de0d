"""DynamoDB: moto keeps the items, and we what they were before, so that a table comes back as it was at a time."""
