"""The console in every state, language, width and colour: axe finds nothing, nothing is too wide.

`AXE=all bin/test tests/journeys/test_console_gallery.py` looks at all of it at both widths.
"""

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.journeys.console_gallery import taken_console
from tests.journeys.gallery import LANGUAGES, Gallery
from tests.journeys.inspector import DESK
from tests.journeys.test_gallery import NewContext, Viewer, cut_off_or_hidden, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("console gallery")]


@pytest.fixture(scope="module")
def console(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Gallery:
    """Taken before the browser starts: from then on Django refuses this thread its database."""
    assert str(connection.settings_dict["NAME"]).startswith("test_"), "Run this file whole."
    with django_db_blocker.unblock(), transaction.atomic():
        gallery = taken_console()
        transaction.set_rollback(True)
    return gallery


@pytest.fixture
def viewer(console: Gallery, new_context: NewContext) -> Viewer:
    return Viewer(console, new_context(viewport=DESK))


@pytest.mark.django_db
def test_every_state_is_there_in_every_language(console: Gallery) -> None:
    names = [picture.name for picture in console.of("fi")]
    assert len(set(names)) == len(names)
    for language in LANGUAGES:
        assert [picture.name for picture in console.of(language)] == names
        assert all(f'<html lang="{language}"' in picture.html for picture in console.of(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_the_console(console: Gallery, viewer: Viewer, language: str) -> None:
    assert faults_of(console, viewer, language) == []


def test_nothing_of_the_console_is_cut_off_or_hidden_at_400_percent(console: Gallery, viewer: Viewer) -> None:
    assert "\n".join(cut_off_or_hidden(console, viewer)) == ""
