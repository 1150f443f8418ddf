"""The WSGI entry point."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escola_im.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # before gunicorn forks: read once, and its memory is shared by the workers
