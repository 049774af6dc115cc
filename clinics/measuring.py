"""Web analytics of a clinic's own choosing: on which pages, after whose consent, from which hosts.

A view that is marked ``measured`` says that nothing of a patient's is typed or shown on its page. On all
others nothing is loaded, and the policy names no other host.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse

from clinics.models import Organisation
from clinics.models.settings import Analytics
from clinics.tenancy import PatientRequest

P = ParamSpec("P")
View = Callable[Concatenate[PatientRequest, P], HttpResponse]

PLAUSIBLE = "https://plausible.io"
GOOGLE = {
    "script-src": ["https://www.googletagmanager.com"],
    "img-src": ["https://www.googletagmanager.com", "https://*.google-analytics.com"],
    "connect-src": [
        "https://www.googletagmanager.com",
        "https://*.google-analytics.com",
        "https://*.analytics.google.com",
    ],
}
"""Google's guide to tag manager and content policies, without advertising."""
COOKIES_OF_SERVICES = ("_ga", "_gid", "_gat", "_pk_", "mtm_", "plausible_")
YES, NO = "yes", "no"
HALF_A_YEAR = 182 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Measuring:
    """What one organisation has measured, and what this visitor has said to it."""

    service: str
    address: str
    site: str
    attributes: str
    """Further attributes of a script of one's own, as JSON."""
    needs_consent: bool
    answer: str
    """``yes``, ``no``, or empty where the visitor has not been heard."""

    @property
    def runs(self) -> bool:
        return self.answer == YES or not self.needs_consent

    @property
    def asks(self) -> bool:
        return self.needs_consent and not self.answer

    @property
    def origin(self) -> str:
        """Scheme and host of what is loaded."""
        if self.service == Analytics.GOOGLE:
            return GOOGLE["script-src"][0]
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def name(self) -> str:
        """What the service is called; a script of one's own by its host."""
        return self.host if self.service == Analytics.OWN else str(Analytics(self.service).label)

    @property
    def policy(self) -> dict[str, list[str]]:
        """The hosts that a page names on which it runs."""
        if self.service == Analytics.GOOGLE:
            return GOOGLE
        kinds = ["script-src", "connect-src"]
        kinds += ["img-src"] if self.service != Analytics.PLAUSIBLE else []
        return {kind: [self.origin] for kind in kinds}


def measuring_of(organisation: Organisation, cookies: Mapping[str, str]) -> Measuring | None:
    """What runs for a browser with these cookies; None where the organisation measures nothing."""
    chosen = organisation.settings
    service = chosen.analytics_service
    if service == Analytics.NONE or organisation.draft is not None:
        return None
    is_google = service == Analytics.GOOGLE
    return Measuring(
        service=service,
        address=chosen.analytics_address or (PLAUSIBLE if service == Analytics.PLAUSIBLE else ""),
        site=chosen.analytics_site,
        attributes=json.dumps(attributes_in(chosen.analytics_attributes)),
        needs_consent=is_google or chosen.analytics_cookies,
        answer=answer_in(cookies, organisation),
    )


def attributes_in(lines: str) -> dict[str, str]:
    """``name=value`` on each line."""
    pairs = (line.partition("=") for line in lines.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _sign, value in pairs}


def answer_in(cookies: Mapping[str, str], organisation: Organisation) -> str:
    answer, _dot, asked = cookies.get(settings.CONSENT_COOKIE_NAME, "").partition(".")
    return answer if answer in (YES, NO) and asked == fingerprint(organisation) else ""


def fingerprint(organisation: Organisation) -> str:
    """To what a visitor has answered: another service asks anew."""
    chosen = organisation.settings
    about = f"{chosen.analytics_service} {chosen.analytics_address} {chosen.analytics_site}"
    return hashlib.sha256(about.encode()).hexdigest()[:12]


def measured(view: View[P]) -> View[P]:
    """A page without anything personal: what the organisation measures with may run on it.

    Its policy then names the service's hosts, and no more than its host is told as the page before.
    """

    @wraps(view)
    def shown(request: PatientRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        measuring = measuring_of(request.organisation, request.COOKIES)
        request.measured = measuring
        if measuring is None or not measuring.runs:
            return view(request, *args, **kwargs)
        opened = cast("View[P]", csp_update(measuring.policy)(cast("Any", view)))
        response = opened(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return shown


def remember_answer(request: PatientRequest, response: HttpResponse, *, is_yes: bool) -> None:
    """Keeps what the visitor has said; where that is no, the service's own cookies go."""
    answer = YES if is_yes else NO
    response.set_cookie(
        settings.CONSENT_COOKIE_NAME,
        f"{answer}.{fingerprint(request.organisation)}",
        max_age=HALF_A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    if not is_yes:
        for name in request.COOKIES:
            if name.startswith(COOKIES_OF_SERVICES):
                response.delete_cookie(name)
