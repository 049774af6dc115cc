"""The content policy of every answer: what the library would say, put together once."""

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse

from booking_portal.middleware import ContentPolicy

HEADER = "Content-Security-Policy"


def answer_of(middleware: type[CSPMiddleware], **changes: object) -> HttpResponse:
    response = HttpResponse()
    vars(response).update(changes)
    answered = middleware(lambda request: response)(HttpRequest())
    assert isinstance(answered, HttpResponse)
    return answered


def test_usual_policy_is_the_librarys() -> None:
    usual = answer_of(ContentPolicy).headers[HEADER]

    assert usual == answer_of(CSPMiddleware).headers[HEADER]
    assert "default-src 'none'" in usual


def test_page_that_changes_its_policy_gets_its_own() -> None:
    update = {"script-src": ["https://captcha.example"]}
    own = answer_of(ContentPolicy, _csp_update=update).headers[HEADER]

    assert own == answer_of(CSPMiddleware, _csp_update=update).headers[HEADER]
    assert "https://captcha.example" in own
    assert "https://captcha.example" not in answer_of(ContentPolicy).headers[HEADER]


def test_exempt_page_has_none() -> None:
    assert HEADER not in answer_of(ContentPolicy, _csp_exempt=True).headers
