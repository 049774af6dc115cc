"""Mails of alarms: to whom, and that each gets one of their own."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from django.utils import timezone

from clinics.models import Membership, Organisation, User
from clinics.roles import Role
from notifications.models import Channel, Kind
from notifications.outbox import queue_message

Person = tuple[User, str]
"""Whom to tell, and in which language."""


def owners(organisation: Organisation) -> Iterator[Person]:
    """In the organisation's language."""
    rows = Membership.objects.filter(organisation=organisation, role=Role.OWNER, user__is_active=True)
    for membership in rows.select_related("user"):
        yield membership.user, organisation.default_language


def operators_people() -> Iterator[Person]:
    for user in User.objects.filter(is_superuser=True, is_active=True):
        yield user, "en"


def everybody_concerned(organisation: Organisation) -> list[Person]:
    """The owners, and the operator's people; nobody twice."""
    people: dict[int, Person] = {}
    for user, language in (*owners(organisation), *operators_people()):
        people.setdefault(user.pk, (user, language))
    return list(people.values())


def mail_alarm(
    *,
    organisation: Organisation,
    kind: Kind,
    people: Iterable[Person],
    page: str = "manage/",
    more: Callable[[str], Mapping[str, str]] = lambda language: {},
) -> None:
    """Queues the mails, with a link to the page; ``more`` gives further values in a language."""
    moment = timezone.now()
    for user, language in people:
        queue_message(
            organisation=organisation,
            kind=kind,
            channel=Channel.EMAIL,
            to=user.email,
            language=language,
            values={
                "first_name": user.name,
                "clinic": organisation.name,
                "link": f"{organisation.portal_url}{page}",
                **more(language),
            },
            about=f"{kind}:{moment:%Y%m%dT%H%M%S%f}:{user.pk}",
        )
