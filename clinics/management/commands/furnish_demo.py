"""Gives organisations of the demo their texts, groups, opening hours and people; harmless if repeated."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from clinics.demo_furniture import FURNITURE, Furniture
from clinics.models import (
    Clinic,
    ClinicGroup,
    Membership,
    Organisation,
    OrganisationSettings,
    PortalText,
    Practitioner,
    User,
)
from clinics.roles import Role
from clinics.scope import organisation_scope


class Command(BaseCommand):
    help = "Dresses organisations of the demo. The people's password is taken from DEMO_PASSWORD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subdomains", nargs="+", choices=sorted(FURNITURE), metavar="subdomain")
        parser.add_argument("--owner", required=True, help="owners' e-mail address, {subdomain} filled in")
        parser.add_argument("--operator", required=True, help="the operator's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD")
        if not password:
            raise CommandError("Set DEMO_PASSWORD to the password that owner and operator shall have.")
        for subdomain in options["subdomains"]:
            owner = options["owner"].format(subdomain=subdomain)
            furnish(Organisation.objects.get(subdomain=subdomain), owner, options["operator"], password)


@transaction.atomic
def furnish(organisation: Organisation, owner: str, operator: str, password: str) -> None:
    """All of it or nothing."""
    furniture = FURNITURE[organisation.subdomain]
    with organisation_scope(organisation.pk):
        dress_clinics(organisation, furniture)
        dress_practitioners(organisation, furniture)
        write_texts(organisation, furniture)
        seat_people(organisation, furniture, password, owner, operator)


def dress_clinics(organisation: Organisation, furniture: Furniture) -> None:
    """Groups and opening hours, for the clinics that the agent has named."""
    clinics = Clinic.objects.filter(organisation=organisation)
    for position, (name, members) in enumerate(furniture.groups.items()):
        group, _ = ClinicGroup.objects.get_or_create(
            organisation=organisation, name=name, defaults={"position": position}
        )
        clinics.filter(external_id__in=members).update(group=group, position=position)
    for external_id, hours in furniture.opening_hours.items():
        clinics.filter(external_id=external_id).update(opening_hours=hours)
    if furniture.accent_colour:
        OrganisationSettings.objects.filter(organisation=organisation).update(
            accent_colour=furniture.accent_colour
        )


def dress_practitioners(organisation: Organisation, furniture: Furniture) -> None:
    """Descriptions, and the recorded consent of those who have given it."""
    practitioners = Practitioner.objects.filter(organisation=organisation)
    for external_id, description in furniture.descriptions.items():
        practitioners.filter(external_id=external_id).update(description=description)
    practitioners.exclude(external_id__in=furniture.without_consent).update(
        consent_given_at=timezone.now(), consent_recorded_by=furniture.owner_name
    )


def write_texts(organisation: Organisation, furniture: Furniture) -> None:
    for language, (heading, body) in furniture.welcome.items():
        PortalText.objects.get_or_create(
            organisation=organisation,
            place=PortalText.Place.WELCOME,
            language=language,
            clinic=None,
            defaults={"heading": heading, "body": body},
        )


def seat_people(
    organisation: Organisation, furniture: Furniture, password: str, owner: str, operator: str
) -> None:
    """The organisation's owner, and the operator of the whole portal."""
    person = User.objects.filter(email=owner).first() or User.objects.create_user(
        owner, password, name=furniture.owner_name
    )
    Membership.objects.get_or_create(organisation=organisation, user=person, defaults={"role": Role.OWNER})
    if not User.objects.filter(email=operator).exists():
        User.objects.create_superuser(operator, password, name="Operator")
