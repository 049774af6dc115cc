"""Our own key for the provider of electronic identities, and what the system check says of half a setup."""

import json
from pathlib import Path

import pytest
from django.core.checks import run_checks
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from pytest_django.fixtures import Settings

from scheduling.eid_keys import KeyUnusable, algorithm_of, client_key, key_from

EC = ECKey.generate_key("P-256")
PEM = EC.as_pem(private=True).decode()


def as_jwk(key: ECKey | RSAKey | OctKey | OKPKey, **more: str) -> str:
    return json.dumps({**key.as_dict(private=True), **more})


RSA = RSAKey.generate_key(2048)
GOOD = {
    "EC as PEM": (PEM, "ES256"),
    "EC as JWK": (as_jwk(EC), "ES256"),
    "another curve": (as_jwk(ECKey.generate_key("P-384")), "ES384"),
    "RSA as PEM": (RSA.as_pem(private=True).decode(), "RS256"),
    "RSA with an algorithm of its own": (as_jwk(RSA, alg="PS256"), "PS256"),
}
BAD = {
    "nothing": "",
    "a word": "x",
    "no JSON": "{",
    "an empty JWK": "{}",
    "half a JWK": '{"kty": "EC"}',
    "a public PEM": EC.as_pem(private=False).decode(),
    "a public JWK": json.dumps(EC.as_dict(private=False)),
    "a shared secret": as_jwk(OctKey.generate_key(256)),
    "a key for encryption only": as_jwk(OKPKey.generate_key("X25519")),
    "a kind that brokers do not know": OKPKey.generate_key("Ed25519").as_pem(private=True).decode(),
}


@pytest.mark.parametrize("kind", GOOD)
def test_key_says_what_it_signs_with(kind: str) -> None:
    text, algorithm = GOOD[kind]

    assert algorithm_of(key_from(text)) == algorithm


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_sign_is_no_key_and_is_not_repeated(kind: str) -> None:
    with pytest.raises(KeyUnusable) as refused:
        key_from(BAD[kind])

    assert str(refused.value) == ""


def test_key_may_stand_in_a_file(tmp_path: Path, settings: Settings) -> None:
    settings.EID_PRIVATE_KEY, settings.EID_PRIVATE_KEY_FILE = "", str(tmp_path / "key.pem")
    with pytest.raises(KeyUnusable):
        client_key()

    (tmp_path / "key.pem").write_text(PEM)

    assert client_key().thumbprint() == EC.thumbprint()


WHOLE = {"EID_ISSUER": "https://id.example", "EID_CLIENT_ID": "portal", "EID_PRIVATE_KEY": PEM}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"EID_ISSUER": "http://localhost:9400"}, []),
        ({"EID_ISSUER": "", "EID_CLIENT_ID": "", "EID_PRIVATE_KEY": ""}, []),
        ({"EID_ISSUER": ""}, ["scheduling.E001"]),
        ({"EID_ISSUER": "", "EID_PRIVATE_KEY": ""}, ["scheduling.E001"]),
        ({"EID_ISSUER": "http://id.example"}, ["scheduling.E002"]),
        ({"EID_ISSUER": "id.example"}, ["scheduling.E002"]),
        ({"EID_CLIENT_ID": ""}, ["scheduling.E003"]),
        ({"EID_PRIVATE_KEY": ""}, ["scheduling.E004"]),
        ({"EID_PRIVATE_KEY": "x"}, ["scheduling.E005"]),
        ({"EID_PRIVATE_KEY": "", "EID_PRIVATE_KEY_FILE": "/not/there"}, ["scheduling.E005"]),
    ],
)
def test_check_names_what_is_missing(settings: Settings, changed: dict[str, str], found: list[str]) -> None:
    for name, value in {**WHOLE, "EID_PRIVATE_KEY_FILE": "", **changed}.items():
        setattr(settings, name, value)

    messages = [message for message in run_checks() if (message.id or "").startswith("scheduling.")]

    assert [message.id for message in messages] == found
    assert not any(PEM[40:80] in str(message) for message in messages)
