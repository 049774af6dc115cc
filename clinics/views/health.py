"""Whether this process can do its work, for those who watch over it."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from clinics.methods import allowed


@allowed("GET")
def health(request: HttpRequest) -> HttpResponse:
    """200 where the database answers, 503 where it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
