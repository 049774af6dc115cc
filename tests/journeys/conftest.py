"""The running portal and the browser, shared by all journeys of a worker."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from booking_portal.launch.browser import installed_browser
from tests.databases import own_database
from tests.journeys.portal import Portal

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# How long to look for what must come true: a machine that is busy with other things as well needs it.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="package")
def running_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Everything as separate processes; stopped however the journeys end."""
    local: Path = tmp_path_factory.mktemp("journeys")
    with own_database(f"journeys_{os.getpid()}") as database_url:
        portal = Portal(local, database_url)
        try:
            portal.start()
            yield portal
        finally:
            portal.stop()


@pytest.fixture
def portal(running_portal: Portal, request: pytest.FixtureRequest) -> Iterator[Portal]:
    """The running portal, whole again after whatever the test did to it."""
    is_together = "PYTEST_XDIST_WORKER" not in os.environ or request.node.nodeid.endswith("@journeys")
    assert is_together, "Journeys share one portal: run them on one worker, with --dist loadgroup."
    yield running_portal
    running_portal.mend()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one module: while it runs, Django's own database layer refuses this thread."""
    path = installed_browser()
    assert path, "No Chromium was found: install one, or name it in CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """``new_context(...)`` is the browser of somebody new, in Finnish unless told otherwise."""
    contexts: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        settings = {"locale": "fi-FI", "reduced_motion": "reduce", **options}
        contexts.append(browser.new_context(**settings))
        return contexts[-1]

    yield new
    for context in contexts:
        context.close()
