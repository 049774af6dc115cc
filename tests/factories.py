"""Rows for tests, each with only what the test does not care about filled in."""

from datetime import datetime, time, timedelta
from typing import Any

import factory
from django.utils import timezone

from clinics.accounts import open_account
from clinics.models import Clinic, Organisation, Practitioner
from clinics.scope import organisation_scope
from scheduling.models import Booking, BookingPatient, Category, Resource, Treatment, Wish
from scheduling.slot_times import SlotTime
from scheduling.slots import Window, publish_slots


def make_organisation(subdomain: str, **settings: Any) -> Organisation:
    """An organisation as the operator opens it but for reminders, with some of its settings chosen."""
    organisation, _key = open_account(
        name=subdomain.capitalize(), subdomain=subdomain, language="fi", country="FI"
    )
    organisation.settings.reminders_to, organisation.settings.email_reminders = "nobody", False
    for name, value in settings.items():
        setattr(organisation.settings, name, value)
    organisation.settings.save()
    return organisation


# To a type checker a factory is Any: calling one gives a row of its model, not the factory.
ModelFactory: Any = factory.django.DjangoModelFactory


class OwnedFactory(ModelFactory):
    """Makes rows through the manager that needs no scope: a test names the organisation itself."""

    class Meta:
        abstract = True

    @classmethod
    def _get_manager(cls, model_class: Any) -> Any:
        return model_class.across


class ClinicFactory(OwnedFactory):
    class Meta:
        model = Clinic

    external_id = factory.Sequence(lambda n: f"c-{n}")
    name = factory.Sequence(lambda n: f"Clinic {n}")
    address = "Testikatu 1, 00100 Helsinki"
    phone = "+358 9 555 0100"
    time_zone = "Europe/Helsinki"


class PractitionerFactory(OwnedFactory):
    class Meta:
        model = Practitioner

    external_id = factory.Sequence(lambda n: f"p-{n}")
    name = factory.Sequence(lambda n: f"Practitioner {n}")
    title = "Hammaslääkäri"


class CategoryFactory(OwnedFactory):
    class Meta:
        model = Category

    external_id = factory.Sequence(lambda n: f"k-{n}")
    name = factory.Sequence(lambda n: f"Category {n}")


class ResourceFactory(OwnedFactory):
    class Meta:
        model = Resource

    external_id = factory.Sequence(lambda n: f"r-{n}")
    name = factory.Sequence(lambda n: f"Resource {n}")
    clinic = factory.SubFactory(ClinicFactory, organisation=factory.SelfAttribute("..organisation"))


class TreatmentFactory(OwnedFactory):
    class Meta:
        model = Treatment

    external_id = factory.Sequence(lambda n: f"t-{n}")
    name = factory.Sequence(lambda n: f"Treatment {n}")
    minutes = 30
    category = factory.SubFactory(CategoryFactory, organisation=factory.SelfAttribute("..organisation"))


class BookingFactory(OwnedFactory):
    class Meta:
        model = Booking

    clinic = factory.SubFactory(ClinicFactory, organisation=factory.SelfAttribute("..organisation"))
    practitioner = factory.SubFactory(
        PractitionerFactory, organisation=factory.SelfAttribute("..organisation")
    )
    treatment = factory.SubFactory(TreatmentFactory, organisation=factory.SelfAttribute("..organisation"))
    state = Booking.State.BOOKED
    visitor = "somebody"
    during = factory.LazyAttribute(lambda booking: booking.treatment.during(next_monday_at(9)))
    hold_expires_at = factory.LazyAttribute(
        lambda booking: (
            timezone.now() + timedelta(minutes=10) if booking.state == Booking.State.HELD else None
        )
    )


class BookingPatientFactory(OwnedFactory):
    class Meta:
        model = BookingPatient

    first_name = "Maija"
    last_name = "Meikäläinen"
    email = "maija@example.com"
    mobile = "+358401234567"
    language = "fi"
    consented_at = factory.LazyFunction(timezone.now)


class WishFactory(OwnedFactory):
    """A wish that waits, for any time within four weeks."""

    class Meta:
        model = Wish

    state = Wish.State.WAITING
    weekdays = factory.LazyFunction(lambda: list(range(7)))
    latest_on = factory.LazyFunction(lambda: timezone.now().date() + timedelta(days=28))
    first_name = "Maija"
    last_name = "Meikäläinen"
    mobile = "+358401234567"
    email = "maija@example.com"
    language = "fi"
    consented_at = factory.LazyFunction(timezone.now)
    confirmed_at = factory.LazyFunction(timezone.now)


def wake(organisation: Organisation) -> None:
    """Lets offers be made at whatever hour the test runs."""
    organisation.settings.quiet_from = organisation.settings.quiet_until = time(0)
    organisation.settings.save()


def next_monday_at(hour: int, minute: int = 0) -> datetime:
    """A moment on the Monday of the week after next, 1 to 2 weeks ahead, at +02:00."""
    today = timezone.now().date()
    monday = today + timedelta(days=14 - today.weekday())
    return datetime.fromisoformat(f"{monday}T{hour:02}:{minute:02}:00+02:00")


def publish(
    organisation: Organisation, practitioner: Practitioner, clinic: Clinic, *times: tuple[datetime, datetime]
) -> None:
    """Publishes free time as an agent's push would: one window around all of it."""
    window = Window(
        practitioner_id=practitioner.pk,
        clinic_id=clinic.pk,
        from_at=min(start for start, _ in times) - timedelta(hours=1),
        to_at=max(end for _, end in times) + timedelta(hours=1),
        slots=[SlotTime.of(start, end) for start, end in times],
    )
    with organisation_scope(organisation.pk):
        publish_slots(organisation=organisation, windows=[window])
