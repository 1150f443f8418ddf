#!/usr/bin/env python3
"""Django's command line, with this project's settings."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escola_im.settings")
    from django.core.management import execute_from_command_line

    from escola_im.env import join_running_demo

    join_running_demo()
    execute_from_command_line(sys.argv)
