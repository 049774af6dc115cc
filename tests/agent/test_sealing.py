"""What is sealed opens with its passphrase and with nothing else."""

import json

import pytest

from agent.sealing import FOR_RANDOM_PASSPHRASES, CannotUnseal, seal, unseal


def sealed() -> dict[str, object]:
    return seal(b"content", "right", FOR_RANDOM_PASSPHRASES)


def test_sealed_content_opens_with_its_passphrase_only() -> None:
    document = json.loads(json.dumps(sealed()))

    assert unseal(document, "right") == b"content"
    with pytest.raises(CannotUnseal, match="not the right one"):
        unseal(document, "wrong")


def test_same_content_is_never_sealed_alike() -> None:
    assert sealed()["sealed"] != sealed()["sealed"]


@pytest.mark.parametrize(
    "change",
    [
        {"sealed": "AAAA"},
        {"nonce": "not base64"},
        {"nonce": ""},
        {"scrypt": None},
        {"scrypt": {"n": 2**40, "r": 8, "p": 1, "salt": "AAAA"}},
        {"scrypt": {"n": 2**14, "r": 8, "p": 10**9, "salt": "AAAA"}},
        {"scrypt": {"n": 1000, "r": 8, "p": 1, "salt": "AAAA"}},
    ],
)
def test_damaged_or_greedy_document_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(CannotUnseal):
        unseal(sealed() | change, "right")
