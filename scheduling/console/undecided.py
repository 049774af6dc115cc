"""What only the clinic's people can decide. Whatever app finds such things says here how to count them."""

from django.db.models import Model
from django.utils.module_loading import import_string

_counters: dict[str, None] = {}


def register(counter: str) -> None:
    """``counter`` is where a function stands that makes a number of an organisation, given by keyword."""
    _counters[counter] = None


def count_undecided(organisation: Model) -> int:
    return sum(import_string(counter)(organisation=organisation) for counter in _counters)
