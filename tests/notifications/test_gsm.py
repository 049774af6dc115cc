"""SMS lengths by GSM 03.38."""

import pytest
import smsutil
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.gsm import _BASIC, plain, sms_length


def test_alphabet_has_the_characters_of_the_standard() -> None:
    assert len(_BASIC) == 127  # 128 codes, one of which is the escape


def test_nordic_letters_stay_gsm() -> None:
    assert sms_length("Åå Ää Öö Ææ Øø").is_gsm


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("", 0, 1),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("€" * 81, 162, 2),
        ("a" * 152 + "€" + "a" * 152, 306, 3),  # the euro does not fit the first part's last septet
    ],
)
def test_gsm_text_counts_septets(text: str, units: int, parts: int) -> None:
    length = sms_length(text)

    assert (length.units, length.parts, length.culprit) == (units, parts, None)


@pytest.mark.parametrize(
    ("text", "units", "parts", "culprit"),
    [
        ("š" * 70, 70, 1, "š"),
        ("š" * 71, 71, 2, "š"),
        ("a" * 134 + "č", 135, 3, "č"),
        ("😀" * 35, 70, 1, "😀"),
        ("😀" * 36, 72, 2, "😀"),
    ],
)
def test_other_letters_make_it_ucs2_and_are_named(text: str, units: int, parts: int, culprit: str) -> None:
    length = sms_length(text)

    assert (length.units, length.parts, length.culprit) == (units, parts, culprit)


def test_plain_keeps_a_printers_space_from_doubling_the_price() -> None:
    assert sms_length(plain("klo\u00a010.00 \u2013 \u201ctervetuloa\u201d")).is_gsm


# Without the escape, which is no character of its own, though smsutil takes it for one.
letters = st.text(
    st.sampled_from("aZ09 åäöæøÅÄÖÆØ€[]{}~^|\\ñΔéčš–“😀ł\n")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\x1b"),
    min_size=1,
    max_size=400,
)


@settings(max_examples=300)
@given(letters | letters.map(lambda text: text * 3))
def test_length_is_what_another_program_counts(text: str) -> None:
    """smsutil splits texts by GSM 03.38 on its own account."""
    other = smsutil.split(text)
    length = sms_length(text)

    assert length.is_gsm == smsutil.is_valid_gsm(text)
    assert length.parts == len(other.parts)


@given(letters)
def test_culprit_is_what_makes_it_long(text: str) -> None:
    culprit = sms_length(text).culprit

    assert culprit is None or (culprit in text and not smsutil.is_valid_gsm(culprit))
