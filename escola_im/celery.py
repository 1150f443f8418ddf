"""Celery as a doorbell: the database holds every deadline, the broker only says "look now" (ADR 0002)."""

import os

from celery.schedules import crontab

from escola_im.tracing import TracedCelery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escola_im.settings")

app = TracedCelery("escola_im")
app.config_from_object("escola_im.celery_config")
app.autodiscover_tasks(["lifecycle", "integrations", "api", "console"])
app.conf.beat_schedule = {
    "sweep": {"task": "lifecycle.tasks.sweep", "schedule": 5.0, "options": {"expires": 15}},
    "deliver": {"task": "lifecycle.tasks.deliver", "schedule": 5.0, "options": {"expires": 15}},
    "seal": {"task": "lifecycle.tasks.seal", "schedule": 5.0, "options": {"expires": 15}},
    "translate": {"task": "integrations.tasks.translate", "schedule": 5.0, "options": {"expires": 15}},
    "count": {"task": "lifecycle.tasks.count", "schedule": 10.0, "options": {"expires": 30}},
    "foretell": {"task": "lifecycle.tasks.foretell", "schedule": crontab(hour="3", minute="35")},
    "what-if": {"task": "lifecycle.tasks.what_if", "schedule": 10.0, "options": {"expires": 15}},
    "audit": {"task": "lifecycle.tasks.audit", "schedule": 60.0, "options": {"expires": 60}},
    "copy-status": {"task": "lifecycle.tasks.copy_status", "schedule": 60.0, "options": {"expires": 60}},
    "offline-kit": {"task": "console.tasks.offline_kit", "schedule": 60.0, "options": {"expires": 60}},
    "sla-reports": {"task": "console.tasks.sla_reports", "schedule": 60.0, "options": {"expires": 60}},
    "poll": {"task": "integrations.tasks.poll", "schedule": 30.0, "options": {"expires": 30}},
    "listen": {"task": "integrations.tasks.listen", "schedule": 60.0, "options": {"expires": 60}},
    "drill": {"task": "lifecycle.tasks.drill", "schedule": 300.0, "options": {"expires": 300}},
    "retention": {"task": "lifecycle.tasks.retain", "schedule": crontab(hour="3", minute="15")},
    "tidy-api": {"task": "api.tasks.tidy", "schedule": crontab(hour="3", minute="25")},
    "check-clocks": {
        "task": "lifecycle.tasks.check_clocks",
        "schedule": crontab(hour="1-4", minute="*"),
        "options": {"expires": 50},
    },
}
