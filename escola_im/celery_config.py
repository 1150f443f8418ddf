"""How Celery runs (D2.3): late acknowledgement, short visibility, nothing stored, no deadline in the broker."""

from django.conf import settings

broker_url = settings.REDIS_URL
broker_connection_retry_on_startup = True
broker_transport_options = {
    "visibility_timeout": 120,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "retry_on_timeout": True,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
task_acks_late = True
task_reject_on_worker_lost = True
task_ignore_result = True
task_time_limit = 60
task_soft_time_limit = 50
task_publish_retry = False
worker_prefetch_multiplier = 1
worker_max_tasks_per_child = 10_000
worker_hijack_root_logger = False
timezone = "Europe/Zurich"
