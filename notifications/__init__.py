"""Delivery of a message: outbox rows, channels, receipts. Knows no incident.

Enters: rendered text for an address, under a key that makes it unique. Leaves: a receipt for every attempt.
"""
