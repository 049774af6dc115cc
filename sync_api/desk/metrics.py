"""The metrics' address: for whoever knows the token, in Prometheus's words."""

import threading
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from clinics.error_pages import page_not_found
from clinics.methods import allowed
from sync_api.meters import Meters

REGISTRY = CollectorRegistry()
REGISTRY.register(Meters())


class Kept:
    """What was found last. Whoever asks again at once is told the same, and never two look at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until, self._text = 0.0, b""

    def text(self) -> bytes:
        with self._lock:
            if time.monotonic() >= self._until:
                self._text = generate_latest(REGISTRY)
                self._until = time.monotonic() + settings.METRICS_KEEP_SECONDS
            return self._text


kept = Kept()


@allowed("GET")
def metrics(request: HttpRequest) -> HttpResponse:
    """Nothing is there without a token in the environment."""
    if not settings.METRICS_TOKEN:
        return page_not_found(request)
    said = request.headers.get("Authorization", "")
    if not constant_time_compare(said, f"Bearer {settings.METRICS_TOKEN}"):
        refusal = HttpResponse("The token is missing or wrong.", status=401, content_type="text/plain")
        refusal.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refusal
    response = HttpResponse(kept.text(), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    response.headers["Cache-Control"] = "no-store"
    return response
