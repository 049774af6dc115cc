"""The running portal and the browser, shared by all journeys of a worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.portal import Portal, own_database


@pytest.fixture(scope="package")
def running_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Everything as separate processes; stopped however the journeys end."""
    local: Path = tmp_path_factory.mktemp("journeys")
    with own_database() as database_url:
        portal = Portal(local, database_url)
        try:
            portal.start()
            yield portal
        finally:
            portal.stop()


@pytest.fixture
def portal(running_portal: Portal) -> Iterator[Portal]:
    """The running portal, whole again after whatever the test did to it."""
    yield running_portal
    running_portal.mend()
