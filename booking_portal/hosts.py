"""Which URLconf answers which host name.

Host names arrive here lower-cased and checked against ALLOWED_HOSTS (see middleware.known_host).
Every pattern is anchored at both ends, and what none of them knows is a 404: django-hosts would
otherwise fall back to its default host.
"""

import re

from django.conf import settings
from django_hosts import host, patterns

_PORT = r"(?::\d+)?$"
_BASE = re.escape(settings.BASE_DOMAIN)
_API = "|".join([rf"api\.{_BASE}{_PORT}", *(re.escape(name) + "$" for name in settings.API_NETLOCS)])

host_patterns = patterns(
    "booking_portal.urls",
    host(rf"(?:www\.)?{_BASE}{_PORT}", "landing", name="landing"),
    host(rf"(?:{_API})", "api", name="api"),
    host(rf"admin\.{_BASE}{_PORT}", "admin", name="admin"),
    host(rf"login\.{_BASE}{_PORT}", "login", name="login"),
    host(rf"hooks\.{_BASE}{_PORT}", "hooks", name="hooks"),
    host(rf"(?P<subdomain>[a-z0-9-]+)\.{_BASE}{_PORT}", "portal", name="portal"),
    host(r".*$", "nowhere", name="nowhere"),
)
