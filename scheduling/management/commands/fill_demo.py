"""Gives organisations of the demo the bookings that a clinic has after some weeks; harmless if repeated."""

import time
from argparse import ArgumentParser
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinics.models import Organisation
from clinics.scope import organisation_scope
from scheduling.demo_bookings import put_answers_back, write_bookings

PATIENCE_SECONDS = 15.0
"""For the agents to enter what is to come; what they have not by then they enter a little later."""


class Command(BaseCommand):
    help = "Writes past bookings of organisations of the demo, and books coming ones as patients do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subdomains", nargs="+", metavar="subdomain")

    def handle(self, *args: Any, **options: Any) -> None:
        organisations = Organisation.objects.select_related("settings")
        filled = [organisations.get(subdomain=subdomain) for subdomain in options["subdomains"]]
        for organisation in filled:
            today = timezone.now().astimezone(ZoneInfo(organisation.time_zone)).date()
            with organisation_scope(organisation.pk):
                write_bookings(organisation=organisation, today=today)
        until = time.monotonic() + PATIENCE_SECONDS
        while sum(missing_answers(one) for one in filled) and time.monotonic() < until:
            time.sleep(0.1)


def missing_answers(organisation: Organisation) -> int:
    with organisation_scope(organisation.pk):
        return put_answers_back(organisation=organisation)
