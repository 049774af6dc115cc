"""National identity numbers: what is accepted, and the form that is stored."""

import pytest

from scheduling.national_ids import NationalIdInvalid, clean_national_id


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("FI", "131052-308T", "131052-308T"),
        ("FI", " 131052 - 308t ", "131052-308T"),
        ("FI", "131052–308T", "131052-308T"),
        ("FI", "131052A308T", "131052A308T"),
        ("FI", "010190-900P", "010190-900P"),  # temporary
        ("SE", "19121212-1212", "19121212-1212"),
        ("SE", "191212121212", "19121212-1212"),
        ("SE", "121212+1212", "19121212-1212"),
        ("SE", "640823-3234", "19640823-3234"),
        ("SE", "640883-3231", "19640883-3231"),  # coordination number: the day plus 60
        ("NO", "15108695088", "15108695088"),
        ("NO", "151086 95088", "15108695088"),
        ("NO", "151086-95088", "15108695088"),
    ],
)
def test_number_is_stored_in_its_countrys_form(country: str, typed: str, stored: str) -> None:
    assert clean_national_id(country, typed) == stored


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("FI", "131052-308U"),
        ("FI", "310252-308Y"),
        ("FI", "131052308T"),
        ("FI", "١٣١٠٥٢-٣٠٨T"),
        ("SE", "19121212-1213"),
        ("SE", "1212-1212"),
        ("SE", "121212-000"),
        ("NO", "15108695089"),
        ("NO", "00000000000"),
        ("NO", "99999999999"),
        ("NO", "1510869508"),
        ("FI", ""),
        ("SE", "x" * 10_000),
        ("NO", "\x00"),
        ("FI", "\ud800"),
    ],
)
def test_what_is_no_number_is_refused_without_being_repeated(country: str, typed: str) -> None:
    with pytest.raises(NationalIdInvalid) as refused:
        clean_national_id(country, typed)

    assert str(refused.value) == ""
