"""ID tokens that are wrong in one thing each: none of them lets anybody in, and none is written down."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwe, jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from scheduling.eid_provider import ANEW_SECONDS
from scheduling.models import Login
from tests.conftest import Practice
from tests.pages import fake_eid
from tests.pages.conftest import Browser, text_of
from tests.pages.eid_patient import eid_from, is_let_in, let_in_by_eid, log_in
from tests.pages.fake_eid import CLIENT_ID, CLIENT_KEY, MAIJA, PROVIDER_KEY, FakeEid

pytestmark = pytest.mark.django_db

Claims = dict[str, Any]
STRANGERS_KEY = ECKey.generate_key("P-256", {"kid": "k1"})
RSA_KEY = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
HOUR = 3600


@pytest.fixture
def provider(practice: Practice) -> Iterator[FakeEid]:
    let_in_by_eid(practice.organisation)
    with fake_eid.running() as fake, eid_from(fake.issuer):
        yield fake


def encoded(said: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def unsigned(header: Claims, claims: Claims) -> str:
    return f"{encoded({**header, 'alg': 'none'})}.{encoded(claims)}."


def signed_with_the_public_key(header: Claims, claims: Claims) -> str:
    """The public key is known to all, so whoever takes it for a shared secret believes anybody."""
    pem = PROVIDER_KEY.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    shared = OctKey.import_key(base64.urlsafe_b64encode(pem).decode())
    return jwt.encode({**header, "alg": "HS256"}, claims, shared, algorithms=["HS256"])


def signed_by_a_stranger(header: Claims, claims: Claims) -> str:
    return jwt.encode(header, claims, STRANGERS_KEY, algorithms=["ES256"])


def signed_by_an_unknown_key(header: Claims, claims: Claims) -> str:
    return jwt.encode({**header, "kid": "nobody"}, claims, STRANGERS_KEY, algorithms=["ES256"])


def with_a_key_of_its_own(header: Claims, claims: Claims) -> str:
    public = STRANGERS_KEY.as_dict(private=False)
    registry = jws.JWSRegistry(algorithms=["ES256"])
    return jwt.encode({**header, "jwk": public}, claims, STRANGERS_KEY, registry=registry)


def changed_afterwards(header: Claims, claims: Claims) -> str:
    signed = jwt.encode(header, claims, PROVIDER_KEY, algorithms=["ES256"])
    head, _, signature = signed.split(".")
    return f"{head}.{encoded({**claims, 'hetu': '010190-900P'})}.{signature}"


def without_a_signature(header: Claims, claims: Claims) -> str:
    return ".".join([*jwt.encode(header, claims, PROVIDER_KEY, algorithms=["ES256"]).split(".")[:2], ""])


def no_object(header: Claims, claims: Claims) -> str:
    return jws.serialize_compact(header, b'["a", "list"]', PROVIDER_KEY, algorithms=["ES256"])


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        signed_with_the_public_key,
        signed_by_a_stranger,
        signed_by_an_unknown_key,
        with_a_key_of_its_own,
        changed_afterwards,
        without_a_signature,
        no_object,
        lambda header, claims: "",
        lambda header, claims: "a.b",
        lambda header, claims: "a.b.c",
        lambda header, claims: "a.b.c.d.e",
        lambda header, claims: "ä.ö.å",
        lambda header, claims: f"{encoded([])}.{encoded({})}.a",
        lambda header, claims: f"{encoded({'alg': ['ES256'], 'kid': {}})}.{encoded({})}.a",
    ],
)
def test_token_that_the_provider_did_not_sign_is_refused(
    browser: Browser, provider: FakeEid, sign: Callable[[Claims, Claims], str]
) -> None:
    provider.sign = sign

    assert_refused(browser)


VALUES: dict[str, list[Any]] = {
    "iss": ["https://evil.example", "", None, ["a"], 1],
    "aud": ["another", ["another"], [], "", None, {"a": 1}, [CLIENT_ID, 1], [CLIENT_ID, "another"]],
    "azp": ["another", "", [CLIENT_ID]],
    "nonce": ["another", "", None, 1, ["a"]],
    "acr": ["urn:se", "", None, ["loa3"], "urn:fi loa3"],
    "exp": [-90, -HOUR, None, "soon", True, []],
    "iat": [HOUR, None, "now"],
    "nbf": [HOUR],
    "sub": [None, "", 1],
    "at_hash": ["another", "", 1, []],
}
WRONG = [(claim, value) for claim, values in VALUES.items() for value in values]


def by_the_clock(changed: Claims) -> Claims:
    """Moments are given as seconds from now."""
    now = int(time.time())
    moments = {name: value for name, value in changed.items() if name in ("exp", "iat", "nbf")}
    return changed | {name: now + value for name, value in moments.items() if type(value) is int}


@pytest.mark.parametrize(("claim", "value"), WRONG)
def test_token_that_says_something_else_is_refused(
    browser: Browser, provider: FakeEid, claim: str, value: Any
) -> None:
    provider.changes = by_the_clock({claim: value})

    assert_refused(browser)


@pytest.mark.parametrize(
    "number", ["131052-308U", "19121212-1212", "", "\x00", "1" * 5000, None, 131052, ["a"]]
)
def test_number_that_is_none_of_the_country_is_refused(
    browser: Browser, provider: FakeEid, number: Any
) -> None:
    provider.changes = {"hetu": number}

    assert_refused(browser)


def assert_refused(browser: Browser) -> None:
    response = log_in(browser)

    assert response.status_code == 403
    assert "You could not be identified" in text_of(response)
    assert not is_let_in(browser)
    assert not Login.across.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"iat": 30},
        {"exp": -30},
        {"aud": [CLIENT_ID]},
        {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID},
        {"azp": CLIENT_ID},
        {"at_hash": None},
        {"acr": "loa3"},
        {"given_name": None, "family_name": ["a"]},
        {"given_name": "M\x00aija\n", "family_name": "M" * 500},
    ],
)
def test_token_that_differs_only_where_it_may_is_believed(
    browser: Browser, provider: FakeEid, changed: Claims
) -> None:
    """The negative control: clocks may differ by a minute, and names may be what they are."""
    provider.changes = by_the_clock(changed)

    assert log_in(browser).status_code == 303
    assert Login.across.get().national_id == MAIJA["hetu"]


def test_names_are_kept_as_far_as_they_fit(browser: Browser, provider: FakeEid) -> None:
    provider.changes = {"given_name": "M\x00aija\n", "family_name": "M" * 500}
    log_in(browser)

    login = Login.across.get()
    assert (login.first_name, login.last_name) == ("Maija", "M" * 100)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_rsa_signature_is_believed(browser: Browser, provider: FakeEid, algorithm: str) -> None:
    provider.signing_key, provider.keys = RSA_KEY, [PROVIDER_KEY, RSA_KEY]
    provider.header, provider.changes = {"alg": algorithm}, {"at_hash": None}

    assert log_in(browser).status_code == 303


def test_encrypted_token_is_opened_with_our_key(browser: Browser, provider: FakeEid) -> None:
    """As the Finnish Trust Network wants it: signed by the provider, then encrypted for us."""

    def encrypt(header: Claims, claims: Claims) -> str:
        inner = jwt.encode(header, claims, PROVIDER_KEY, algorithms=["ES256"])
        outer = {"alg": "ECDH-ES", "enc": "A256GCM", "cty": "JWT"}
        return jwe.encrypt_compact(outer, inner, CLIENT_KEY, algorithms=["ECDH-ES", "A256GCM"])

    provider.sign = encrypt

    assert log_in(browser).status_code == 303


def test_encryption_does_not_stand_for_a_signature(browser: Browser, provider: FakeEid) -> None:
    def encrypt(header: Claims, claims: Claims) -> str:
        outer = {"alg": "ECDH-ES", "enc": "A256GCM"}
        inner = unsigned(header, claims)
        return jwe.encrypt_compact(outer, inner, CLIENT_KEY, algorithms=["ECDH-ES", "A256GCM"])

    provider.sign = encrypt

    assert_refused(browser)


def test_new_key_of_the_provider_is_asked_for_once(browser: Browser, provider: FakeEid) -> None:
    assert log_in(browser).status_code == 303
    rotated = ECKey.generate_key("P-256", {"kid": "k2", "use": "sig"})
    provider.signing_key, provider.keys = rotated, [rotated]

    assert log_in(browser).status_code == 303
    assert provider.asked["/jwks"] == 2


def test_unknown_keys_do_not_make_us_ask_again_and_again(browser: Browser, provider: FakeEid) -> None:
    provider.sign = signed_by_an_unknown_key
    for _ in range(3):
        log_in(browser)

    assert ANEW_SECONDS >= 60
    assert provider.asked["/jwks"] == 2
    assert provider.asked["/.well-known/openid-configuration"] == 1


@pytest.mark.parametrize("use", ["enc", "sig"])
def test_key_for_something_else_proves_nothing(browser: Browser, provider: FakeEid, use: str) -> None:
    key = ECKey.generate_key("P-256", {"kid": "k3", "use": use})
    provider.keys, provider.signing_key = [key], STRANGERS_KEY
    provider.sign = lambda header, claims: jwt.encode(
        {**header, "kid": "k3"},
        claims,
        ECKey.import_key({**key.as_dict(private=True), "use": "sig"}),
        algorithms=["ES256"],
    )

    assert log_in(browser).status_code == (303 if use == "sig" else 403)


def test_shared_key_among_the_providers_proves_nothing(browser: Browser, provider: FakeEid) -> None:
    shared = OctKey.import_key("a secret that everybody can read here", {"kid": "k1"})
    provider.answers["/jwks"] = (200, json.dumps({"keys": [shared.as_dict(), "x", {"kty": "?"}]}).encode())
    provider.sign = lambda header, claims: jwt.encode(
        {**header, "alg": "HS256"}, claims, shared, algorithms=["HS256"]
    )

    assert_refused(browser)


def test_number_may_come_from_the_userinfo_of_the_same_person(browser: Browser, provider: FakeEid) -> None:
    provider.person, provider.userinfo = {}, dict(MAIJA)

    assert log_in(browser).status_code == 303
    login = Login.across.get()
    assert (login.national_id, login.last_name) == (MAIJA["hetu"], MAIJA["family_name"])


@pytest.mark.parametrize("subject", ["somebody else", "", None, ["maija"]])
def test_userinfo_of_somebody_else_is_not_believed(browser: Browser, provider: FakeEid, subject: Any) -> None:
    provider.person, provider.userinfo = {}, {**MAIJA, "sub": subject}

    assert_refused(browser)


def test_userinfo_never_overrides_what_is_signed(browser: Browser, provider: FakeEid) -> None:
    provider.changes, provider.userinfo = {"hetu": None}, {**MAIJA, "acr": "x", "given_name": "Other"}

    log_in(browser)

    assert Login.across.get().first_name == "Maija"
