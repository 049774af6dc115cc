"""Things that are done at the same moment, each on a connection of its own."""

import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.db import connection, connections

from clinics.models import Organisation
from clinics.scope import organisation_scope


def at_once(organisation: Organisation | None, *attempts: Callable[[], object]) -> list[str]:
    """What came of each, in order: the text that it gave, or ``done``; of an error its name.

    Each is made within the organisation's scope, if there is one.
    """
    barrier = threading.Barrier(len(attempts))
    outcomes = [""] * len(attempts)

    def run(place: int, attempt: Callable[[], object]) -> None:
        try:
            with scope_of(organisation):
                connection.ensure_connection()
                barrier.wait()
                given = attempt()
                outcomes[place] = given if isinstance(given, str) else "done"
        except Exception as error:  # noqa: BLE001 - whatever went wrong is an outcome to show
            traceback.print_exception(error)
            outcomes[place] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def scope_of(organisation: Organisation | None) -> AbstractContextManager[None]:
    return nullcontext() if organisation is None else organisation_scope(organisation.pk)
