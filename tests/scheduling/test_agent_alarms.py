"""Who is told that an agent is silent, how often, and when it is back."""

from datetime import timedelta

from django.utils import timezone

from clinics.models import Membership, User
from clinics.roles import Role
from notifications.models import Kind, Message
from scheduling.agent_alarms import watch_agents
from scheduling.models import AgentLink
from tests.conftest import Practice

LIMIT = timedelta(minutes=24 * 60)


def hear(practice: Practice, ago: timedelta) -> None:
    heard_at = timezone.now() - ago
    AgentLink.objects.update_or_create(
        organisation=practice.organisation,
        defaults={"last_seen_at": heard_at, "last_push_at": heard_at - timedelta(minutes=1)},
    )


def employ(practice: Practice, email: str, role: Role) -> User:
    user = User.objects.create_user(email, name="Olli")
    Membership(organisation=practice.organisation, user=user, role=role).save()
    return user


def told(kind: Kind) -> list[str]:
    return sorted(Message.across.filter(kind=kind).values_list("to", flat=True))


def test_silence_is_told_once_to_owners_and_operator(practice: Practice, other_practice: Practice) -> None:
    employ(practice, "owner@example.com", Role.OWNER)
    employ(practice, "viewer@example.com", Role.VIEWER)
    employ(other_practice, "other@example.com", Role.OWNER)
    User.objects.create_superuser("operator@example.com")
    hear(practice, LIMIT + timedelta(minutes=1))
    hear(other_practice, LIMIT - timedelta(minutes=1))

    assert watch_agents() == (1, 0)
    assert watch_agents() == (0, 0)

    assert told(Kind.AGENT_SILENT) == ["operator@example.com", "owner@example.com"]
    assert set(Message.across.values_list("organisation_id", flat=True)) == {practice.organisation.pk}


def test_return_is_told_once_and_the_next_silence_again(practice: Practice) -> None:
    employ(practice, "owner@example.com", Role.OWNER)
    hear(practice, 2 * LIMIT)
    watch_agents()
    hear(practice, timedelta())

    assert watch_agents() == (0, 1)
    assert watch_agents() == (0, 0)

    assert told(Kind.AGENT_BACK) == ["owner@example.com"]
    hear(practice, 2 * LIMIT)
    assert watch_agents() == (1, 0)


def test_agent_that_was_never_heard_raises_no_alarm(practice: Practice) -> None:
    AgentLink.objects.update_or_create(
        organisation=practice.organisation, defaults={"last_seen_at": None, "last_push_at": None}
    )

    assert watch_agents() == (0, 0)


def test_spared_organisation_raises_no_alarm(practice: Practice, other_practice: Practice) -> None:
    for each in (practice, other_practice):
        hear(each, 2 * LIMIT)

    assert watch_agents(spared=[practice.organisation.pk]) == (1, 0)
    assert set(AgentLink.objects.exclude(alarmed_at=None).values_list("organisation_id", flat=True)) == {
        other_practice.organisation.pk
    }


def test_suspended_organisation_raises_no_alarm(practice: Practice) -> None:
    hear(practice, 2 * LIMIT)
    practice.organisation.is_suspended = True
    practice.organisation.save()

    assert watch_agents() == (0, 0)
