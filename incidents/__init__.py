"""Contacts and incidents: taking in, classifying, the record of §3, states, links, search.

Enters: drafts and moves, called by `lifecycle` only. Leaves: the present state of every record and an event per change.
"""
