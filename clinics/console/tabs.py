"""The console's tabs. Each app registers its own when it starts, so that no app knows the others' pages."""

from dataclasses import dataclass
from importlib import import_module

from django.db import models
from django.urls import URLPattern, URLResolver, include, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.roles import Role


class Group(models.TextChoices):
    """The headings of the navigation, in their order."""

    DESK = "desk", _("Today")
    PORTAL = "portal", _("What patients see")
    RULES = "rules", _("How patients book")
    MESSAGES = "messages", _("Messages")
    PEOPLE = "people", _("People and safety")


@dataclass(frozen=True)
class Tab:
    """A line of the navigation, and the addresses below it."""

    name: str
    """The first part of its addresses, ``/manage/<name>/``; empty for the console's own front page."""
    title: str | Promise
    group: Group
    position: int
    """Among the tabs of its group; tens leave room for those that come later."""
    urls: str
    """A module with ``app_name`` and ``urlpatterns``; the first of them is the tab's own page."""
    role: Role = Role.VIEWER
    """The least role that sees the tab. What its pages allow, each says itself: see guard.console_page."""

    @property
    def address(self) -> str:
        return f"/manage/{self.name}/" if self.name else "/manage/"


@dataclass(frozen=True)
class Line:
    title: str | Promise
    address: str
    is_current: bool


@dataclass(frozen=True)
class Heading:
    title: str | Promise
    lines: list[Line]


_tabs: dict[str, Tab] = {}


def register(*tabs: Tab) -> None:
    """To be called from an app's ``ready()``; harmless if repeated."""
    _tabs.update({tab.name: tab for tab in tabs})


def registered_tabs() -> list[Tab]:
    """In the order of the navigation."""
    groups = list(Group)
    return sorted(_tabs.values(), key=lambda tab: (groups.index(tab.group), tab.position, tab.name))


def navigation(role: Role, path: str) -> list[Heading]:
    """The headings and lines that a member of this role sees on the page of this path."""
    seen = [tab for tab in registered_tabs() if role.reaches(tab.role)]
    current = current_tab(path)
    headings = [
        Heading(
            group.label, [Line(tab.title, tab.address, tab is current) for tab in seen if tab.group == group]
        )
        for group in Group
    ]
    return [heading for heading in headings if heading.lines]


def current_tab(path: str) -> Tab | None:
    """The tab whose pages this one is among."""
    own = [
        tab for tab in _tabs.values() if path.startswith(tab.address) and (tab.name or path == tab.address)
    ]
    return max(own, key=lambda tab: len(tab.address), default=None)


def tab_urls() -> list[URLPattern | URLResolver]:
    """The addresses of all tabs, for the organisation's URLconf to put below ``manage/``."""
    return [
        path(f"{tab.name}/" if tab.name else "", include(import_module(tab.urls)))
        for tab in registered_tabs()
    ]
