"""The ground: clock, audit log, safe text, outbound HTTP, environment. A short closed list, no domain words.

Enters: facts that somebody above states about what happened.
Leaves: `Event` rows that nobody can change, sealed into one hash chain.
"""
