"""``manage.py pause_messages``: nothing leaves any more, codes included, until ``--resume``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifications.sending_stop import resume_sending, stop_sending


class Command(BaseCommand):
    help = "Stops all sending of e-mail and SMS, or lets it go on. What is queued waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--resume", action="store_true", help="let messages leave again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["resume"]:
            resume_sending()
            self.stdout.write("Messages leave.")
        else:
            stop_sending()
            self.stdout.write("No message leaves until: manage.py pause_messages --resume")
