"""What every test may use. Engines and environment come from `tests.engines`."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection, connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import TransactionTestCase, override_settings
from django.utils import translation

from tools.browser import NoBrowser, find_browser

if TYPE_CHECKING:  # the rules alone are tested without a browser
    from playwright.sync_api import Browser

# a test must not depend on luck; EXAMPLES=1000 is for a long hunt by hand
EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, max_examples=EXAMPLES)
hypothesis.settings.load_profile("house")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
KEPT = {"django_content_type", "auth_permission"}  # Django fills them from the models after migrating
MONDAY_MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 09:00 in Zurich, a working day in every canton


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long stories first. A missing browser is an error that says what mends it, never a silent skip."""
    # stories that start processes or a browser take longest: begun first, they run beside everything else
    items.sort(key=_rank)
    driving = [item for item in items if item.get_closest_marker("browser")]
    if os.environ.get("SKIP_BROWSER") == "1":
        for item in driving:
            item.add_marker(pytest.mark.skip(reason="SKIP_BROWSER=1"))
    elif driving:
        try:
            find_browser()
        except NoBrowser as error:
            raise pytest.UsageError(str(error)) from None


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, name in enumerate(("processes", "browser")) if item.get_closest_marker(name)), 2)


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _cheap_emptying() -> Iterator[None]:
    """A committing test leaves nothing: TRUNCATE of all tables took half a second, DELETE of a few rows does not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)
        yield


def _empty(_case: TransactionTestCase) -> None:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in names if name not in KEPT]
    with transaction.atomic(), connection.cursor() as cursor:
        # as with TRUNCATE whoever still writes is waited for
        cursor.execute(f"LOCK TABLE {', '.join(tables)}")
        # or the log would refuse, and every reference be asked
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(";".join(f"DELETE FROM {table}" for table in tables))  # noqa: S608


@pytest.fixture(autouse=True)
def _swiss_german() -> None:
    translation.activate("de-ch")


@pytest.fixture
def now() -> datetime:
    """The instant a test plays at: Monday 23 November 2026, 09:00 in Zurich."""
    return MONDAY_MORNING


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The installed Chromium, Chrome or Edge for playwright's `executable_path`."""
    return find_browser()


@pytest.fixture(scope="session")
def _kept_assets() -> Iterator[None]:
    """Styles and scripts stay in the browser as in production: without, each page asks for twenty files again."""
    serve = StaticFilesHandler.serve

    def kept(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(handler, request)
        response["Cache-Control"] = "max-age=86400"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", kept)
        yield


@pytest.fixture(scope="session")
def chromium(browser_path: Path, _kept_assets: None) -> Iterator[Browser]:
    """The browser; each story opens a context of its own in it."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415

    expect.set_options(timeout=15_000)  # a busy machine is no failure
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield browser
        connections.close_all()  # beside playwright's loop Django keeps others, which nobody reaches once it has ended
        browser.close()


@pytest.fixture
def process_env(transactional_db: None) -> dict[str, str]:
    """The environment in which a real process (web, worker, beat) works on this test's own database."""
    database = connection.settings_dict
    return {**os.environ, "DATABASE_URL": f"postgresql://postgres@/{database['NAME']}?host={database['HOST']}"}


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it again and again for garbage took a tenth of the time."""
    gc.collect()
    gc.freeze()
