"""The roof: settings, URLs, Celery. Wires the house together and decides nothing."""

from escola_im.celery import app as celery_app

__all__ = ["celery_app"]
