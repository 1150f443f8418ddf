"""Who and for whom: people, roles they hold, teams, schools, modules, API keys.

Enters: master data kept by people in Settings. Leaves: "who holds this role and can be reached now?".
"""
