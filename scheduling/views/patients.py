"""Who is logged in at this browser, by a cookie of which the database knows only a hash."""

from django.conf import settings
from django.http import HttpResponse


def set_login_cookie(response: HttpResponse, key: str) -> None:
    """Until the browser is closed."""
    response.set_cookie(
        settings.LOGIN_COOKIE_NAME,
        key,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
