"""The bare host: what the service is, and which organisations can be booked with it."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinics.methods import allowed
from clinics.models import Clinic, Organisation

MOST_SHOWN = 50
LONGEST_QUERY = 100


@allowed("GET")
def landing(request: HttpRequest) -> HttpResponse:
    """Organisations that publish here, all or those that answer to ``q`` by name or place."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    found = list(published_organisations(query)[:MOST_SHOWN])
    places = clinics_of(found)
    return render(
        request,
        "landing/landing.html",
        {
            "query": query,
            "organisations": [(organisation, places.get(organisation.pk, [])) for organisation in found],
            "demo": settings.DEMO,
        },
    )


def published_organisations(query: str) -> QuerySet[Organisation]:
    """Those that chose to be found here; in the demo every open one, so that there is something to see."""
    published = Organisation.objects.filter(is_suspended=False, settings__publish_on_portal=True)
    if not settings.DEMO:
        published = published.filter(settings__publish_on_marketplace=True)
    if query:
        there = Clinic.across.filter(
            Q(name__icontains=query) | Q(address__icontains=query) | Q(group__name__icontains=query),
            is_published=True,
            retired_at=None,
        )
        published = published.filter(Q(name__icontains=query) | Q(pk__in=there.values("organisation_id")))
    return published


def clinics_of(organisations: list[Organisation]) -> dict[int, list[Clinic]]:
    """Organisation id to its published clinics."""
    found: dict[int, list[Clinic]] = {}
    for clinic in Clinic.across.filter(organisation__in=organisations, is_published=True, retired_at=None):
        found.setdefault(clinic.organisation_id, []).append(clinic)
    return found
