"""Which organisation the running code works for, and managers that refuse to work for none.

The scope is a net, not the guard: every query names its organisation as well, and the database
holds rows of one organisation together (see constraints.SameOrganisation).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models

from clinics.errors import OrganisationNotInScope

_organisation_id: ContextVar[int | None] = ContextVar("organisation_id", default=None)

M = TypeVar("M", bound=models.Model)


@contextmanager
def organisation_scope(organisation_id: int) -> Iterator[None]:
    """Everything inside works for this organisation; scoped managers see no other's rows."""
    token = _organisation_id.set(organisation_id)
    try:
        yield
    finally:
        _organisation_id.reset(token)


def organisation_id_in_scope() -> int:
    """The organisation being worked for. Raises OrganisationNotInScope where there is none."""
    organisation_id = _organisation_id.get()
    if organisation_id is None:
        raise OrganisationNotInScope
    return organisation_id


class ScopedManager(models.Manager[M]):
    """Rows of the organisation in scope, and an exception where none is."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(organisation_id=organisation_id_in_scope())


class OrganisationOwned(models.Model):
    """A row that belongs to one organisation.

    ``objects`` needs a scope; ``across`` is for work that is about all organisations (sweeps,
    the operator) and has to be asked for by name.
    """

    organisation = models.ForeignKey(
        "clinics.Organisation", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    """Not indexed by itself: every index that matters begins with it."""

    objects: models.Manager[Any] = ScopedManager()
    across: models.Manager[Any] = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "across"
