"""The floor: what a bare Django view costs here, with and without one indexed query.

Served by the same server with the same settings, but Django's own middleware (floor_settings.py).
"""

from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

_WEEK = """
    SELECT practitioner_id, starts_at, ends_at FROM scheduling_slot
    WHERE organisation_id = %s AND practitioner_id = ANY(%s) AND starts_at >= %s AND starts_at < %s
"""


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


def week(request: HttpRequest) -> JsonResponse:
    """The week's slots of some practitioners, as they are stored."""
    asked = request.GET
    monday = datetime.fromisoformat(asked["week"])
    practitioners = [int(pk) for pk in asked["practitioners"].split(",")]
    with connection.cursor() as cursor:
        cursor.execute(_WEEK, [int(asked["organisation"]), practitioners, monday, monday + timedelta(days=7)])
        rows = [[who, start.isoformat(), end.isoformat()] for who, start, end in cursor.fetchall()]
    return JsonResponse({"slots": rows})


urlpatterns = [path("nothing/", nothing), path("week/", week)]
