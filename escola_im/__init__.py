"""The roof: settings, URLs, Celery. Wires the house together and decides nothing."""

import gc

# Importing the house makes half a million objects that all stay. Looking through them again and again for garbage took
# a sixth of every start, and went on with each request. Rarer still, and a web worker held a third more memory.
gc.set_threshold(20_000, 10, 10)

from escola_im.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
