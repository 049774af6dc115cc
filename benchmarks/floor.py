"""The floor: what a bare Django view costs here, with and without one indexed query.

Served by the same server with the same settings, but Django's own middleware (floor_settings.py).
"""

from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

_WEEK = """
    SELECT practitioner_id, extract(epoch FROM starts_at)::bigint, extract(epoch FROM ends_at)::bigint
    FROM scheduling_slot
    WHERE organisation_id = %s AND practitioner_id = ANY(%s) AND starts_at >= %s AND starts_at < %s
"""


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


def week(request: HttpRequest) -> JsonResponse:
    """The week's slots of some practitioners: who, from and until, in seconds since the epoch."""
    asked = request.GET
    monday = datetime.fromisoformat(asked["week"])
    practitioners = [int(pk) for pk in asked["practitioners"].split(",")]
    with connection.cursor() as cursor:
        cursor.execute(_WEEK, [int(asked["organisation"]), practitioners, monday, monday + timedelta(days=7)])
        return JsonResponse({"slots": cursor.fetchall()})


urlpatterns = [path("nothing/", nothing), path("week/", week)]
