"""Clinics' phone numbers, to be read and to be called."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from clinics.models import Clinic
from scheduling.menu import Menu


class Phone(NamedTuple):
    clinic: str
    text: str
    link: str
    """For ``tel:``, or empty where the number cannot be made one."""


def clinic_phones(menu: Menu) -> list[Phone]:
    """The phone number of every clinic that has one."""
    return list(phones_for(menu.clinics.values()))


def phones_for(clinics: Iterable[Clinic]) -> tuple[Phone, ...]:
    return tuple(phone_of(clinic) for clinic in clinics if clinic.phone)


def phone_of(clinic: Clinic) -> Phone:
    return Phone(clinic.name, readable(clinic.phone), dialled(clinic.phone, clinic.time_zone))


@lru_cache(maxsize=4096)
def readable(phone: str) -> str:
    """The number as the clinic writes it, but never as one long row of digits."""
    if not phone.startswith("+") or " " in phone:
        return phone
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


COUNTRIES = {"Europe/Helsinki": "FI", "Europe/Stockholm": "SE", "Europe/Oslo": "NO"}


@lru_cache(maxsize=4096)
def dialled(phone: str, time_zone: str) -> str:
    """The number in the form that phones dial from anywhere; empty where it is none."""
    try:
        number = phonenumbers.parse(phone, COUNTRIES.get(time_zone, "FI"))
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
