"""What is checked of what came back before it counts as recovered: integrity, configuration, queries, access."""
