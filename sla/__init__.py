"""Clocks of §9: how long we have, why a clock runs or stands, and when to warn.

Enters: the SLA-relevant facts of an incident, the document, now. Leaves: due instants; `Clock` rows cache them.
"""
