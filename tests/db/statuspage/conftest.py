"""A small company under the shipped process document."""

from tests.company import company, document, founding  # noqa: F401
