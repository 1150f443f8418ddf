"""The bare views without any middleware: the floor under every Django."""

from bench.baseline.settings import *  # noqa: F403 -- the same settings but for one

MIDDLEWARE: list[str] = []
