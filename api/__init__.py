"""The door for programs: REST under /api/v1/, problem details, idempotency, keys. Decides nothing."""
