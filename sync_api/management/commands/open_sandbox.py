"""Opens a sandbox for somebody who writes an agent, and prints its account key, once."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from clinics.errors import SubdomainTaken
from sync_api.sandbox import open_sandbox


class Command(BaseCommand):
    help = "Opens a sandbox in which an agent can be tried out, and prints its account key, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="whose it is")
        parser.add_argument("--subdomain", required=True, help="the first part of its address")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _organisation, key = open_sandbox(name=options["name"], subdomain=options["subdomain"].lower())
        except SubdomainTaken as taken:
            raise CommandError(f"The subdomain {taken} cannot be had: choose another.") from taken
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"API:         {settings.API_URL}")
        self.stdout.write(f"Account key: {key}  (shown only now)")
