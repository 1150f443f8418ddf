"""Jobs that must not fall silent: what each promised, when it last spoke, and since when it is down.

Enters: pings, schedules, now. Leaves: states, and changes of state that `lifecycle.heartbeats` turns into signals.
"""
