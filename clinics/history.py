"""Keeping every change of a table: who made it, when, and what the row held after it (django-pghistory).

The database's triggers write it, in whatever way a change is made; one insert for a statement, so that
an agent's push of a thousand rows costs one more. What is written stands: see migration 0002.
"""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

HISTORIES = {
    "clinics_organisationevent": "e.pgh_obj_id",
    **{
        f"clinics_{table}event": "e.organisation_id"
        for table in (
            *("organisationsettings", "clinic", "clinicgroup", "practitioner", "portaltext", "membership"),
            *("membershipclinic", "invitation", "accountkey", "operatorvisit", "privacyaction", "picture"),
            "provideraccount",
        )
    },
    "notifications_messagetextevent": "e.organisation_id",
}
"""Every table of an organisation's history, and where its organisation stands."""

M = TypeVar("M", bound=type[models.Model])


def audited(*, exclude: list[str] | None = None) -> Callable[[M], M]:
    """Keeps each insert, update and delete of the model's rows, without the columns excluded."""
    track: Callable[[M], M] = pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=exclude
    )
    return track
