"""A small company under the shipped process document."""

from tests.company import company, document  # noqa: F401
