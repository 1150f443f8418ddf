"""The statements behind `bench.dataset`. `h` is a fixed pseudo-random number of a row: every run has the same data."""

# ruff: noqa: S608 -- put together from constants of this file; values are parameters

TABLES = (
    "incidents_incident",
    "sla_clock",
    "incidents_searchdocument",
    "incidents_searchword",
    "core_event",
    "incidents_comment",
    "incidents_contact",
    "incidents_alert",
    "incidents_link",
    "escalation_step",
    "escalation_call",
    "notifications_message",
)

_H = "CROSS JOIN LATERAL (SELECT abs(hashint8(i)::bigint) AS h) AS hash"
_OPEN = "i.status IN ('new', 'in_progress', 'on_hold')"
_RANGE = "i.id BETWEEN %(first)s AND %(last)s"

# "noten" stands in two thirds of the texts, "quarzuhr" in twenty, however many there are
_TITLES = """ARRAY['Noten lassen sich nicht speichern', 'Zeugnis zeigt falsche Noten', 'Stundenplan laedt nicht',
  'Anmeldung der Lehrpersonen scheitert', 'Absenzen fehlen in der Uebersicht', 'Export der Noten bricht ab',
  'Elternportal antwortet langsam', 'Druck der Zeugnisse unvollstaendig', 'Noten der Klasse doppelt',
  'Datenbank meldet Zeitueberschreitung', 'Mail an Eltern kommt nicht an', 'Kalender zeigt alte Termine']"""
_TEXTS = """ARRAY['Seit heute Morgen betroffen sind alle Klassen der Oberstufe.', 'Die Noten waren gestern noch da.',
  'Nach dem Speichern erscheint eine leere Seite mit Fehlercode.', 'Mehrere Lehrpersonen melden dasselbe Problem.',
  'Im Browser steht eine Meldung ueber abgelaufene Sitzungen.', 'Nach einer Minute laedt die Seite doch noch.',
  'Betroffen ist nur das Modul Noten, alles andere geht.', 'Der Fehler tritt auf Tablets und Laptops auf.',
  'Die Sekretaerin hat die Noten von Hand erfasst.', 'Ein Neustart des Geraets hat nichts geaendert.',
  'Die Schulleitung bittet um rasche Rueckmeldung.', 'Der Import aus der Kantonsdatei wurde abgebrochen.',
  'Teachers cannot see the timetable of next week.', 'The grades of the second term are missing.',
  'Screenshot liegt bei, die Konsole zeigt Fehler 500.', 'Vor dem Update lief alles ohne Probleme.']"""

_INCIDENTS = f"""
INSERT INTO incidents_incident (
  id, number, status, version, process_version_id, channel, service_desk_agent_id, reporter_name, reporter_email,
  reporter_phone, school_id, feedback_channel, title, symptom, module_id, category, urgency, impact, urgency_criteria,
  impact_criteria, priority, priority_computed, priority_rank, priority_override_reason, is_major, major_state,
  major_trigger, is_flood, functional_level, management_level, team_id, assignee_id, pending_reason, next_due_at,
  resolution, closure_code, customer_feedback, customer_satisfaction, reopen_count, reported_at, created_at,
  acknowledged_at, resolved_at, closed_at, updated_at)
SELECT i, 'INC-' || extract(year FROM at) || '-' || lpad(i::text, 6, '0'), status, 3, %(process_version)s,
  (ARRAY['phone', 'email', 'ticket', 'monitoring'])[1 + h %% 4], (%(people)s::bigint[])[1 + h %% 6],
  'Meldende ' || h %% 500, 'meldende' || h %% 500 || '@schule.example', '', (%(schools)s::bigint[])[1 + h %% 30],
  'email',
  ({_TITLES})[1 + h %% 12],
  ({_TITLES})[1 + h %% 12] || E'\\n' || ({_TEXTS})[1 + h / 7 %% 16] || ' ' || ({_TEXTS})[1 + h / 131 %% 16] || ' '
    || ({_TEXTS})[1 + h / 1009 %% 16] || ' Referenz ' || substr(md5(i::text), 1, 8)
    || CASE WHEN (i - %(first)s) %% greatest((%(last)s - %(first)s + 1) / 20, 1) = 0 THEN ' Quarzuhr' ELSE '' END,
  (%(modules)s::bigint[])[1 + h %% array_length(%(modules)s::bigint[], 1)],
  (ARRAY['availability', 'performance', 'software', 'software'])[1 + h / 11 %% 4],
  levels[1], levels[2], '[]', '[]', levels[3], levels[3], levels[4]::int, '', false, '', '', false,
  1 + (h %% 2)::int, 1, (%(teams)s::bigint[])[1 + h %% 2],
  CASE WHEN h %% 3 > 0 AND status <> 'new' THEN (%(people)s::bigint[])[1 + h %% 12] END,
  CASE WHEN status = 'on_hold' THEN 'awaiting_vendor' ELSE '' END,
  CASE WHEN is_open THEN now() + (h %% 100000 + 3600) * interval '1 second' END,
  CASE WHEN is_open OR status = 'cancelled' THEN '' ELSE 'Korrigiert und geprueft.' END,
  CASE WHEN is_open THEN '' WHEN status = 'cancelled' THEN 'withdrawn' ELSE 'solved_permanently' END, '', '', 0, at, at,
  CASE WHEN status <> 'new' THEN at + interval '5 minutes' END,
  CASE WHEN status IN ('resolved', 'closed') THEN at + interval '3 hours' END,
  CASE WHEN status IN ('closed', 'cancelled') THEN at + interval '4 hours' END, at + interval '5 hours'
FROM (SELECT n AS i FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) AS series {_H}
CROSS JOIN LATERAL (SELECT
  now() - interval '1 day' - (%(last)s - i) * (%(days)s * interval '1 day' / (%(last)s - %(first)s + 1)) AS at,
  h / 3 %% 100 < %(open_percent)s AS is_open,
  CASE WHEN h / 3 %% 100 < %(open_percent)s
    THEN (ARRAY['new', 'in_progress', 'in_progress', 'on_hold'])[1 + h / 17 %% 4]
    ELSE (ARRAY['closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'resolved', 'cancelled'])[1 + h / 17 %% 8]
  END AS status,
  (ARRAY[['high', 'high', 'critical', '1'], ['high', 'medium', 'high', '2'], ['medium', 'medium', 'medium', '3'],
    ['medium', 'medium', 'medium', '3'], ['medium', 'low', 'low', '4']])[1 + h / 19 %% 5:1 + h / 19 %% 5] AS picked
) AS drawn
CROSS JOIN LATERAL (SELECT ARRAY(SELECT unnest(picked)) AS levels) AS chosen
"""

_CLOCKS = f"""
INSERT INTO sla_clock (incident_id, kind, state, segment, target_s, calendar, elapsed_s, as_of, due_at, started_at,
  stopped_at, breach_cause, next_percent, next_check_at)
SELECT i.id, kind, CASE WHEN runs THEN 'running' ELSE 'met' END, 1, 864000, '24x7', CASE WHEN runs THEN 0 ELSE 600 END,
  CASE WHEN runs THEN now() ELSE i.updated_at END, CASE WHEN runs THEN now() + interval '10 days' END, i.created_at,
  CASE WHEN NOT runs THEN i.updated_at END, '', CASE WHEN runs THEN 50 END,
  CASE WHEN runs THEN now() + interval '5 days' + i.id %% 1000 * interval '1 minute' END
FROM incidents_incident AS i CROSS JOIN unnest(ARRAY['response', 'resolution']) AS kind
CROSS JOIN LATERAL (SELECT {_OPEN} AS runs) AS state WHERE {_RANGE}
"""

_SEARCH = f"""
INSERT INTO incidents_searchdocument (incident_id, text)
SELECT i.id, lower(i.number || ' ' || i.id || ' ' || i.title || ' ' || i.symptom || ' ' || i.reporter_name || ' '
  || i.reporter_email) FROM incidents_incident AS i WHERE {_RANGE}
"""

_WORDS = """
INSERT INTO incidents_searchword (word)
SELECT DISTINCT word FROM incidents_searchdocument, regexp_split_to_table(text, '\\W+') AS word
WHERE word ~ '^[[:alpha:]]{4,40}$' AND (incident_id < %(first)s + 1000 OR text LIKE '%%quarzuhr%%')
"""

_COMMENTS = f"""
INSERT INTO incidents_comment (id, incident_id, kind, body, author_id, author_label, at)
SELECT i.id * 2 + part, i.id, (ARRAY['note', 'message_out'])[1 + part], ({_TEXTS})[1 + i.id %% 16],
  (%(people)s::bigint[])[1 + i.id %% 12], 'Support Muster', i.created_at + interval '20 minutes'
FROM incidents_incident AS i CROSS JOIN generate_series(0, 1) AS part WHERE {_RANGE}
"""

_EVENTS = f"""
INSERT INTO core_event (kind, at, recorded_at, actor_kind, actor_id, actor_label, via, subject_type, subject_id, rule,
  data)
SELECT told.kind, i.created_at + told.place * interval '7 minutes', i.created_at, 'person', '1', 'Support Muster',
  'console', 'incident', i.id, '§9', told.data
FROM incidents_incident AS i CROSS JOIN LATERAL (VALUES
  (0, 'incident.opened', jsonb_build_object('set', jsonb_build_object('status', 'new', 'priority', i.priority,
    'number', i.number, 'channel', i.channel, 'reported_at', i.reported_at, 'category', i.category, 'version', 1))),
  (1, 'sla.started', '{{"clocks": []}}'::jsonb),
  (2, 'escalation.stepped', '{{"chain": "functional", "from": 0, "to": 1, "reason": "recorded", "step": 1}}'::jsonb),
  (3, 'escalation.called', '{{"chain": "functional", "step": 1, "people": [1], "names": "Support Muster"}}'::jsonb),
  (4, 'incident.acknowledged',
    '{{"set": {{"status": "in_progress", "version": 2}}, "was": {{"status": "new"}}}}'::jsonb),
  (5, 'incident.assigned', '{{"to": "Support Muster", "set": {{"version": 3}}}}'::jsonb),
  (6, 'incident.noted', jsonb_build_object('comment', i.id * 2, 'digest', md5(i.number))),
  (7, 'incident.messaged', jsonb_build_object('comment', i.id * 2 + 1, 'digest', md5(i.number))),
  (8, 'sla.checkpoint', '{{"clock": "resolution", "percent": 50}}'::jsonb),
  (9, 'message.sent', '{{"message": 1, "channel": "email", "to": "Support Muster", "about": "sla_warning"}}'::jsonb)
) AS told (place, kind, data) WHERE {_RANGE} ORDER BY i.id, told.place
"""

# what moves clocks, for whoever derives them anew: every third waits for up to two days, one in fifty comes back
LIVES = f"""
INSERT INTO core_event (kind, at, recorded_at, actor_kind, actor_id, actor_label, via, subject_type, subject_id, rule,
  data)
SELECT told.kind, i.reported_at + told.after, i.created_at, 'person', '1', 'Support Muster', 'console', 'incident',
  i.id, '§9', told.data
FROM incidents_incident AS i {_H.replace("(i)", "(i.id)")}
CROSS JOIN LATERAL (SELECT (h %% 48) * interval '1 hour' AS waited, (h / 7 %% 60) * interval '1 hour' AS worked) AS life
CROSS JOIN LATERAL (VALUES
  (0, true, interval '0', 'incident.opened', jsonb_build_object('canton', 'ZH', 'set', jsonb_build_object(
    'status', 'new', 'priority', i.priority, 'number', i.number, 'channel', i.channel, 'reported_at', i.reported_at,
    'version', 1))),
  (1, i.status <> 'new', (h %% 90) * interval '1 minute', 'incident.acknowledged',
    '{{"set": {{"status": "in_progress", "version": 2}}, "was": {{"status": "new"}}}}'::jsonb),
  (2, i.status <> 'new', interval '95 minutes', 'incident.noted',
    jsonb_build_object('comment', i.id * 2, 'digest', md5(i.number))),
  (3, h %% 3 = 0 AND i.status <> 'new', interval '2 hours', 'incident.held',
    '{{"reason": "awaiting_reporter", "pauses": true, "set": {{"status": "on_hold",
      "pending_reason": "awaiting_reporter"}}, "was": {{"status": "in_progress"}}}}'::jsonb),
  (4, h %% 3 = 0 AND i.status NOT IN ('new', 'on_hold'), interval '2 hours' + waited, 'incident.resumed',
    '{{"set": {{"status": "in_progress"}}, "was": {{"status": "on_hold"}}}}'::jsonb),
  (5, i.status IN ('resolved', 'closed'), interval '3 hours' + waited + worked, 'incident.resolved',
    '{{"set": {{"status": "resolved"}}, "was": {{"status": "in_progress"}}}}'::jsonb),
  (6, i.status = 'closed' AND h %% 50 = 0, interval '4 hours' + waited + worked, 'incident.reopened',
    '{{"set": {{"status": "in_progress"}}, "was": {{"status": "resolved"}}}}'::jsonb),
  (7, i.status = 'closed' AND h %% 50 = 0, interval '5 hours' + waited + worked, 'incident.resolved',
    '{{"set": {{"status": "resolved"}}, "was": {{"status": "in_progress"}}}}'::jsonb),
  (8, i.status = 'closed', interval '6 hours' + waited + worked, 'incident.closed',
    '{{"set": {{"status": "closed"}}, "was": {{"status": "resolved"}}}}'::jsonb),
  (9, i.status = 'cancelled', interval '4 hours', 'incident.cancelled',
    '{{"set": {{"status": "cancelled"}}, "was": {{"status": "in_progress"}}}}'::jsonb)
) AS told (place, is_so, after, kind, data) WHERE {_RANGE} AND told.is_so ORDER BY i.id, told.place
"""

_CONTACTS = f"""
INSERT INTO incidents_contact (id, number, state, version, channel, kind, reporter_name, reporter_email, reporter_phone,
  school_id, feedback_channel, callback_wanted, subject, body, answer, handed_to, incident_id, received_at, created_at)
SELECT i.id, 'CON-' || substr(i.number, 5), CASE WHEN fresh THEN 'new' ELSE 'incident' END, 1, 'phone',
  CASE WHEN fresh THEN '' ELSE 'incident' END, i.reporter_name, i.reporter_email, '', i.school_id, 'email', false,
  i.title, i.symptom, '', '', CASE WHEN NOT fresh THEN i.id END, i.reported_at, i.created_at
FROM incidents_incident AS i CROSS JOIN LATERAL (SELECT i.id > %(last)s - 200 AS fresh) AS state WHERE {_RANGE}
"""

_ALERTS = f"""
INSERT INTO incidents_alert (fingerprint, source, state, title, url, severity, incident_id, count, first_at, last_at,
  opened_at, changes, is_flapping)
SELECT 'sentry:main:issue:' || i.id, 'sentry/main', CASE WHEN {_OPEN} THEN 'firing' ELSE 'cleared' END, i.title, '',
  'high', i.id, 3, i.created_at, i.created_at, i.created_at, '[]', false
FROM incidents_incident AS i WHERE {_RANGE} AND i.id %% 5 = 0
"""

_LINKS = f"""
INSERT INTO incidents_link (source_id, target_id, kind, created_at)
SELECT i.id, i.id - 1, 'related', i.created_at FROM incidents_incident AS i WHERE {_RANGE} AND i.id %% 20 = 0
"""

_STEPS = f"""
INSERT INTO escalation_step (id, incident_id, chain, from_level, to_level, role, reason, note, rule, actor_label, at,
  state, next_call_at, rounds, acknowledged_at, acknowledged_by_id)
SELECT i.id, i.id, 'functional', 0, i.functional_level, 'support', 'recorded', '', '§5.1', 'Escola IM', i.created_at,
  CASE WHEN fresh THEN 'calling' ELSE 'acknowledged' END, CASE WHEN fresh THEN now() + interval '10 days' END, 0,
  CASE WHEN NOT fresh THEN i.created_at END, CASE WHEN NOT fresh THEN (%(people)s::bigint[])[1] END
FROM incidents_incident AS i CROSS JOIN LATERAL (SELECT i.status = 'new' AND i.id > %(last)s - 400 AS fresh) AS state
WHERE {_RANGE}
"""

_CALLS = f"""
INSERT INTO escalation_call (step_id, person_id, at, acknowledged_at)
SELECT i.id, (%(people)s::bigint[])[1 + i.id %% 6], i.at, i.acknowledged_at FROM escalation_step AS i WHERE {_RANGE}
"""

_MESSAGES = f"""
INSERT INTO notifications_message (key, channel, person_id, address, language, kind, subject, body, link,
  is_urgent, needs_ack, topic_type, topic_id, thread, state, attempts, created_at, sent_at, read_at, error)
SELECT 'bench:' || i.id, 'in_app', (%(people)s::bigint[])[1 + i.id %% 12], '', 'de', 'escalation_call', i.title,
  i.symptom, '/incidents/' || i.number || '/', false, false, 'incident', i.id, i.number, 'sent', 1, i.created_at,
  i.created_at, CASE WHEN i.id < %(last)s - 200 THEN i.created_at END, '' FROM incidents_incident AS i WHERE {_RANGE}
"""

RECORDS = (_INCIDENTS, _CLOCKS)
STORY = (_SEARCH, _WORDS, _COMMENTS, _EVENTS, _CONTACTS, _ALERTS, _LINKS, _STEPS, _CALLS, _MESSAGES)
