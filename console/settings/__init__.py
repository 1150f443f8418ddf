"""Settings: who and what. Anybody may look up people, teams and schools; changing them takes a role (§14)."""
