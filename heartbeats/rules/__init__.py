"""Pure rules: when a job is expected, and what a ping or a silence means."""
