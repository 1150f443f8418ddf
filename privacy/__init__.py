"""Data-protection cases of §7: what happened, who was called, what is kept back, and who read it.

Enters: an incident somebody suspects behind, what people write about it. Leaves: cases that only those who need to see;
calls are found by `next_call_at`.
"""
