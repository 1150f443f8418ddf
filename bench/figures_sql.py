"""Facts of a busy year, written by the database from the incidents of `bench.dataset`; roll-ups are the product's."""

# ruff: noqa: S608 -- put together from constants of this file; values are parameters

TABLES = ("figures_fact", "figures_clockfact", "figures_daytally", "figures_clocktally", "figures_spread")
_DIMENSIONS = """i.priority, i.category, coalesce(m.key, '') AS module, coalesce(i.school_id::text, '') AS school,
  coalesce(s.canton, '') AS canton, coalesce(t.key, '') AS team, i.channel, 'single' AS kind"""
_JOINS = """FROM incidents_incident AS i CROSS JOIN LATERAL (SELECT abs(hashint8(i.id)::bigint) AS h) AS hash
LEFT JOIN directory_module AS m ON m.id = i.module_id LEFT JOIN directory_school AS s ON s.id = i.school_id
LEFT JOIN directory_team AS t ON t.id = i.team_id
CROSS JOIN LATERAL (SELECT i.reported_at AT TIME ZONE 'Europe/Zurich' AS local,
  i.status IN ('new', 'in_progress', 'on_hold') AS is_open) AS told"""
FACTS = f"""
INSERT INTO figures_fact (incident_id, priority, category, module, school, canton, team, channel, kind, reported_at,
  reported_day, reported_hour, acknowledged_day, first_resolved_day, ended_day, is_open, is_cancelled,
  is_escalated_functional, is_escalated_management, is_downgraded_late, is_first_contact, reopened, detect_s, ack_s,
  ack_business_s, restore_s, resolve_s, resolve_business_s)
SELECT i.id, {_DIMENSIONS}, i.reported_at, local::date, extract(hour FROM local)::int,
  CASE WHEN i.status <> 'new' THEN local::date END,
  CASE WHEN i.status IN ('resolved', 'closed') THEN local::date END,
  CASE WHEN NOT is_open THEN local::date END, is_open, i.status = 'cancelled', h % 4 = 0, h % 11 = 0, h % 997 = 0,
  CASE WHEN i.status IN ('resolved', 'closed') THEN h % 3 = 0 END, (h % 23 = 0)::int,
  CASE WHEN i.channel = 'monitoring' THEN h % 300 END,
  CASE WHEN i.status <> 'new' THEN exp(h % 1000 / 130.0)::int + h % 97 END,
  CASE WHEN i.status <> 'new' THEN exp(h % 1000 / 140.0)::int + h % 89 END, NULL,
  CASE WHEN i.status IN ('resolved', 'closed') THEN exp(h % 2000 / 160.0)::int + h % 83 END,
  CASE WHEN i.status IN ('resolved', 'closed') THEN exp(h % 2000 / 175.0)::int + h % 79 END
{_JOINS}
"""
CLOCKS = f"""
INSERT INTO figures_clockfact (incident_id, priority, category, module, school, canton, team, channel, kind, clock,
  outcome, decided_at, decided_day, cause, breached_day, target_s, used_s)
SELECT i.id, {_DIMENSIONS}, clock, outcome, CASE WHEN outcome <> '' THEN i.updated_at END,
  CASE WHEN outcome <> '' THEN local::date END, CASE WHEN outcome = 'breached' THEN 'late_start' ELSE '' END,
  CASE WHEN outcome = 'breached' THEN local::date END, 28800, h % 28800
{_JOINS} CROSS JOIN unnest(ARRAY['response', 'resolution']) AS clock
CROSS JOIN LATERAL (SELECT CASE WHEN is_open THEN '' WHEN h % 13 = 0 THEN 'breached' ELSE 'met' END AS outcome) AS ended
"""
