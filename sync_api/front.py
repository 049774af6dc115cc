"""What stands at the API's host beside the API: a signpost, its description, and a health check."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from sync_api.api import api
from sync_api.problems import Unacceptable, problem_response


@csrf_exempt
@require_safe
def signpost(request: HttpRequest) -> JsonResponse:
    """Says what this is, and where its description is."""
    base = str(settings.API_URL).rstrip("/")
    return JsonResponse(
        {"name": "Sync API", "version": "1", "base": f"{base}/", "openapi": f"{base}/openapi.json"}
    )


@csrf_exempt
@require_safe
def description(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document."""
    return JsonResponse(api.get_openapi_schema())


@csrf_exempt
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return problem_response(Unacceptable(503, "The database does not answer."))
    return JsonResponse({"status": "ok"})
