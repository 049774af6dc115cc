"""People of a clinic in front of its console."""

from collections.abc import Callable

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from clinics.models import Clinic, Membership, MembershipClinic, User
from clinics.roles import Role
from tests.conftest import Practice
from tests.pages.conftest import Browser

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXP"

Seat = Callable[..., User]


def seat_at(practice: Practice, role: Role = Role.OWNER, clinics: list[Clinic] | None = None) -> User:
    """A member with a second factor; with clinics, an editor limited to them."""
    number = User.objects.count()
    user = User.objects.create_user(f"{role}{number}@example.com", PASSWORD, name=f"{role.title()} {number}")
    membership = Membership.across.create(
        organisation=practice.organisation, user=user, role=role, is_limited=clinics is not None
    )
    for clinic in clinics or []:
        MembershipClinic.across.create(
            organisation=practice.organisation, membership=membership, clinic=clinic
        )
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def browser_of(user: User, practice: Practice, language: str = "en") -> Browser:
    """A browser in which the user is logged in."""
    browser = Browser(practice.host, language)
    browser.force_login(user)
    return browser


@pytest.fixture(autouse=True)
def no_demo(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]


@pytest.fixture
def owner(practice: Practice) -> Browser:
    return browser_of(seat_at(practice), practice)


@pytest.fixture
def editor(practice: Practice) -> Browser:
    return browser_of(seat_at(practice, Role.EDITOR), practice)
