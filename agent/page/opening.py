"""Opens the local page beside the agent at work; without it the agent works all the same."""

import logging
from collections.abc import Callable

from agent.activity import Activity
from agent.configuration import Configuration
from agent.desk import sample_book_of
from agent.identity import Identity
from agent.page.server import PageServer
from agent.page.site import Site
from agent.setting_up import account_words

log = logging.getLogger(__name__)


def open_page(
    port: int,
    identity: Identity,
    configuration: Configuration,
    activity: Activity,
    *,
    poke: Callable[[], object],
) -> PageServer | None:
    """The page at work; None where none is wished for, or the port is taken."""
    if not port:
        return None
    try:
        server = PageServer(port, language=configuration.language)
    except OSError:
        log.warning("The local page cannot be shown: port %s is taken; choose another in agent.toml.", port)
        return None
    site = Site(
        account=identity.organisation,
        account_words=account_words(identity),
        activity=activity,
        book=sample_book_of(configuration),
        token=server.token,
        poke=poke,
    )
    server.start(site.answer)
    log.info("The local page is at %s", server.address)
    return server
