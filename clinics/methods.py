"""Views answer the methods they are written for, and a page for people to all others."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse

from clinics.error_pages import method_not_allowed

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponse]


def allowed(*methods: str) -> Callable[[View[R, P]], View[R, P]]:
    """Lets only these methods through, HEAD wherever GET may; others get a page with status 405."""
    permitted = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def decorate(view: View[R, P]) -> View[R, P]:
        @wraps(view)
        def guarded(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in permitted:
                return method_not_allowed(request, permitted)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
