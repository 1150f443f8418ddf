"""Both chains of §5: who holds an incident, who was called, why, and when they answered.

Enters: a chain, a level, a reason with its paragraph. Leaves: steps with calls; due ones are found by `next_call_at`.
"""
