"""The bare views without any middleware: the floor under every Django."""

from bench.baseline.settings import *  # noqa: F403 -- the same settings but for these
from bench.baseline.settings import INSTALLED_APPS as _PRODUCT_APPS

MIDDLEWARE = []
INSTALLED_APPS = [app for app in _PRODUCT_APPS if not app.startswith("allauth")]  # it insists on its middleware
