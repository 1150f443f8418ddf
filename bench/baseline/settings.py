"""The product's settings, middleware included, around the bare views."""

from pathlib import Path

from escola_im.settings import *  # noqa: F403 -- the same settings are the point
from escola_im.settings import TEMPLATES as _PRODUCT

_WITH_REQUEST = {"context_processors": ["django.template.context_processors.request"]}
ROOT_URLCONF = "bench.baseline.urls"
TEMPLATES = [_PRODUCT[0] | {"DIRS": [Path(__file__).parent / "templates"], "APP_DIRS": False, "OPTIONS": _WITH_REQUEST}]
