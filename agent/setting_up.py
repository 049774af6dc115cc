"""Setting an agent up, once or again: book, portal, activation, and a look at the three lights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent import clock, portal
from agent.activity import Activity
from agent.books_check import FREE_TIME, Result, check_books
from agent.configuration import (
    OPENERS,
    BookSettings,
    Configuration,
    NotConfigured,
    PageSettings,
    PortalSettings,
    Secret,
    load_configuration,
    save_configuration,
)
from agent.identity import Identity, is_activated, load_identity, save_identity
from agent.lights import ACCOUNT_TROUBLE, Light, lights
from agent.private_files import make_private_folder, write_private
from agent.problems import PortalError
from agent.questions import NotSaid, Questions
from agent.watched_portal import WatchedPortal
from agent.words import _, words_of

PAGE_PORT = 8765
HIGHEST_PORT = 65535
CALENDARS = ("ics", "caldav")


class BookNotUsable(Exception):
    """The tests of the book have failed; each has been told."""


class PortalNotUsable(Exception):
    """The portal could not be reached, or did not take the key."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says; None is to be asked, or kept from before."""

    home: Path
    kind: str | None = None
    address: str | None = None
    user: str | None = None
    password_file: str | None = None
    queries: str | None = None
    clinic: str | None = None
    api_url: str | None = None
    account_key: str | None = None
    machine: str = "unnamed"
    page_port: int | None = None
    again: bool = False


def set_up(wishes: Wishes, questions: Questions) -> Sequence[Light]:
    """The lights of an agent that is set up now; every step may be repeated by calling this again."""
    make_private_folder(wishes.home)
    before = _before(wishes.home)
    configuration = ask_for_book(wishes, questions, before)
    identity = ask_for_portal(wishes, questions, before)
    save_configuration(replace(configuration, portal=PortalSettings(identity.api_url)))
    return lights_of(identity)


def ask_for_book(wishes: Wishes, questions: Questions, before: Configuration | None) -> Configuration:
    """A configuration whose books have been tried; asked again until they can be used. BookNotUsable."""
    while True:
        configuration = _configuration(wishes, questions, before)
        results = check_books(configuration)
        for result in results:
            questions.say(line(result.name, is_well=result.is_well, words=result.words))
        if all(result.is_well or result.name == FREE_TIME for result in results):
            return configuration
        questions.once_more(BookNotUsable(_failure(results)))
        before = configuration
        wishes = Wishes(wishes.home, page_port=configuration.page.port)


def ask_for_portal(wishes: Wishes, questions: Questions, before: Configuration | None) -> Identity:
    """Who the agent is: as before, unless the key is given or there is nobody yet. PortalNotUsable."""
    if is_activated(wishes.home) and not wishes.again:
        known = load_identity(wishes.home)
        if before and before.portal.url:
            known = replace(known, api_url=before.portal.url)  # people may have changed it since
        if wishes.api_url in (None, known.api_url) and wishes.account_key is None:
            questions.say(_("Activated before for {account}", account=account_words(known)))
            return known
        raise NotSaid(_("{home} is activated already; say --again to activate anew.", home=wishes.home))
    address = before.portal.url if before else ""
    while True:
        api_url = questions.answer(_("Address of the portal's API"), "--api-url", wishes.api_url, address)
        try:
            return _activated(wishes, questions, api_url)
        except (PortalError, portal.UnsafeAddress) as trouble:
            questions.once_more(PortalNotUsable(_advice(trouble)))
            address, wishes = api_url, replace(wishes, account_key=None, api_url=None)


def lights_of(identity: Identity) -> Sequence[Light]:
    """The three lights, asked for now."""
    activity = Activity()
    activity.clock_is(clock_of(identity.api_url))
    look_at_portal(identity, activity)
    return lights(activity.facts, account_words(identity))


def look_at_portal(identity: Identity, activity: Activity) -> None:
    """Ask the portal for its state; what goes wrong stands in ``activity``."""
    connection = WatchedPortal(identity, activity)
    try:
        connection.status()
    except PortalError:
        return  # noted by the connection itself
    finally:
        connection.close()


def clock_of(api_url: str) -> float | None:
    return portal.clock_ahead(api_url)


def account_words(identity: Identity) -> str:
    return _(
        "{organisation}, activation {number}.", organisation=identity.organisation, number=identity.generation
    )


def line(name: str, *, is_well: bool, words: str) -> str:
    return f"{name:<12} {_('ok') if is_well else _('NO'):<3} {words}"


def _before(home: Path) -> Configuration | None:
    try:
        return load_configuration(home)
    except NotConfigured:
        return None


def _configuration(wishes: Wishes, questions: Questions, before: Configuration | None) -> Configuration:
    """The first book from answers; more than one, and whatever else stands in the file, is kept."""
    known = before.books[0] if before else BookSettings()
    others = before.books[1:] if before else ()
    earlier = before or Configuration(wishes.home, PortalSettings(""), ())
    book = _book(wishes, questions, known)
    return replace(earlier, books=(book, *others), page=_page(wishes, questions, before))


def _page(wishes: Wishes, questions: Questions, before: Configuration | None) -> PageSettings:
    known = before.page.port if before else PAGE_PORT if questions.is_person_there else 0
    given = None if wishes.page_port is None else str(wishes.page_port)
    port = questions.answer(
        _("Port of the agent's page on this machine, 0 for none"), "--page", given, str(known)
    )
    if not port.isascii() or not port.isdecimal() or int(port) > HIGHEST_PORT:
        raise NotSaid(_("--page must be a number from 0 to {highest}.", highest=HIGHEST_PORT))
    return PageSettings(int(port))


def _book(wishes: Wishes, questions: Questions, known: BookSettings) -> BookSettings:
    """Only what this kind of book needs is asked for."""
    kind = questions.choice(_("Kind of appointment book"), "--kind", wishes.kind, tuple(OPENERS), known.kind)
    address = _address(wishes, questions, known.address)

    def needed(kinds: Sequence[str], words: str, option: str, given: str | None, before: str) -> str:
        return questions.answer(words, option, given, before) if kind in kinds else ""

    return replace(
        known,
        kind=kind,
        address=address,
        notify=known.notify if kind == known.kind else "",
        queries=needed(["sql"], _("Its file of queries"), "--queries", wishes.queries, known.queries),
        clinic=needed(CALENDARS, _("Its file of people and hours"), "--clinic", wishes.clinic, known.clinic),
        user=needed(["caldav"], _("Its user"), "--user", wishes.user, known.user),
        password=_password(wishes, questions, known) if kind == "caldav" else Secret(),
    )


def _password(wishes: Wishes, questions: Questions, known: BookSettings) -> Secret:
    """In a file of its own; what a person types is put into one."""
    if wishes.password_file:
        return Secret(file=wishes.password_file)
    if known.password or not questions.is_person_there:
        return known.password
    name = f"{known.name}-password.txt"
    typed = questions.secret(_("Its user's password"), "--password-file", None)
    write_private(wishes.home / name, typed.encode())
    return Secret(file=name)


def _address(wishes: Wishes, questions: Questions, known: Secret) -> Secret:
    """One that stands in a file or a variable is kept unless another is given."""
    if wishes.address is None and (known.file or known.environment):
        return known
    return Secret(questions.answer(_("Its address"), "--database", wishes.address, known.value))


def _activated(wishes: Wishes, questions: Questions, api_url: str) -> Identity:
    ahead = clock_of(api_url)
    questions.say(line(_("clock"), is_well=not clock.is_wrong(ahead), words=clock.told(ahead)))
    key = questions.secret(_("Account key from the welcome mail"), "--account-key", wishes.account_key)
    identity = portal.activate(api_url=api_url, account_key=key, machine=wishes.machine)
    save_identity(wishes.home, identity)
    questions.say(_("Activated for {account}", account=account_words(identity)))
    return identity


def _advice(trouble: Exception) -> str:
    kind = trouble.kind if isinstance(trouble, PortalError) else ""
    return ACCOUNT_TROUBLE.get(kind) or _(
        "{trouble} Mend the address, or see to the internet connection.", trouble=words_of(trouble)
    )


def _failure(results: Sequence[Result]) -> str:
    failed = next(result for result in results if not result.is_well)
    return _("The appointment book cannot be used yet: {trouble}", trouble=failed.words)
