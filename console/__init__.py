"""The door for people: server-rendered rooms, enhanced by HTMX, complete without JavaScript.

Enters: requests of people who are logged in.
Leaves: pages and fragments; every change is one verb of `lifecycle` or one service of `directory` and `integrations`.
"""
