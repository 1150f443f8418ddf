"""The figures behind the SLA dashboard (§9, §13): facts per incident, roll-ups per day, formulas, forecast.

Enters: the sealed log and the clocks. Leaves: figures with formula, number of cases and the incidents behind them.
Everything here is derived and can be thrown away: `manage.py figures rebuild`.
"""
