"""The running portal and the browser, shared by all journeys of a worker."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
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


class OneBrowser:
    """Chromium, started when a test first asks for it and stopped when the tests of its group are over.

    While it runs, Django's own database layer refuses this thread.
    """

    def __init__(self) -> None:
        self.running = ExitStack()
        self.browser: Browser | None = None
        self.is_over = False

    def started(self) -> Browser:
        if self.browser is None:
            path = installed_browser()
            assert path, "No Chromium was found: install one, or name it in CHROMIUM."
            playwright = self.running.enter_context(sync_playwright())
            self.browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            self.running.callback(self.browser.close)
        return self.browser

    def stop(self) -> None:
        self.browser = None
        self.running.close()


ONE_BROWSER = OneBrowser()


def group_of(item: pytest.Item | None) -> str:
    """The tests that share a worker with this one; nobody else's where it has no group."""
    marker = item.get_closest_marker("xdist_group") if item else None
    return str(marker.args[0]) if marker else ""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Function, nextitem: pytest.Item | None) -> None:
    """Says when a group's last test is over, before what a browser is in the way of is put away."""
    ONE_BROWSER.is_over = not group_of(nextitem) or group_of(nextitem) != group_of(item)
    if ONE_BROWSER.is_over and "browser" not in item.fixturenames:
        ONE_BROWSER.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield ONE_BROWSER.started()
    if ONE_BROWSER.is_over:
        ONE_BROWSER.stop()


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
