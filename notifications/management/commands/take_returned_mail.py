"""``manage.py take_returned_mail``: a mail server hands over what has come back, a mail at a time."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from notifications.returned_mail import MOST_BYTES, take_returned_mail

TRY_AGAIN = 75
"""What mail servers understand as a failure that passes (sysexits.h, EX_TEMPFAIL)."""


class Command(BaseCommand):
    help = (
        "Reads one mail from standard input. Where it reports that a message could not be delivered, or"
        " complains of one, that is noted with the message; anything else is passed over."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        content = sys.stdin.buffer.read(MOST_BYTES)
        try:
            is_ours = take_returned_mail(content)
        except DatabaseError as error:
            raise CommandError(
                "The database cannot be used; try again later.", returncode=TRY_AGAIN
            ) from error
        self.stdout.write("Noted." if is_ours else "Not about a message of ours.")
