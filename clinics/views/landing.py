"""The bare host: what the service is, and which organisations can be booked with it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinics.finding import LONGEST_QUERY, find_places
from clinics.methods import allowed


@allowed("GET")
def landing(request: HttpRequest) -> HttpResponse:
    """Organisations that publish here, all or those that answer to ``q`` by name or place, a page each."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    found = find_places(query, page_number(request.GET.get("page", "")))
    context = {
        "query": query,
        "found": found,
        "before": found.page - 1,
        "after": found.page + 1 if found.has_more else 0,
        "demo": settings.DEMO,
    }
    return render(request, "landing/landing.html", context)


def page_number(asked: str) -> int:
    """What is no number is the first page."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
