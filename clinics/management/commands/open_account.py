"""Opens an account for a clinic organisation and prints its account key, once."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from clinics.accounts import TIME_ZONES, open_account
from clinics.errors import SubdomainTaken
from clinics.languages import LANGUAGE_CODES
from clinics.subdomains import SubdomainRefused

COUNTRY_OF_LANGUAGE = {"fi": "FI", "sv": "SE", "nb": "NO", "en": "FI"}


class Command(BaseCommand):
    help = "Opens an account for a clinic organisation and prints its account key, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="what the organisation is called")
        parser.add_argument("--subdomain", required=True, help="the first part of its address")
        parser.add_argument("--language", required=True, choices=LANGUAGE_CODES)
        parser.add_argument("--country", choices=sorted(TIME_ZONES), help="default: the language's own")
        parser.add_argument("--json", action="store_true", help="print a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organisation, key = open_account(
                name=options["name"],
                subdomain=options["subdomain"].lower(),
                language=options["language"],
                country=options["country"] or COUNTRY_OF_LANGUAGE[options["language"]],
            )
        except SubdomainRefused as refused:
            raise CommandError(f"The subdomain {refused} is {refused.refusal}: choose another.") from refused
        except SubdomainTaken as taken:
            raise CommandError(f"The subdomain {taken} is taken: choose another.") from taken
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        answer = {
            "account_key": key,
            "subdomain": organisation.subdomain,
            "portal_url": organisation.portal_url,
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"Portal:      {organisation.portal_url}")
            self.stdout.write(f"Account key: {key}  (shown only now)")
