"""The WSGI application: every page for people."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "booking_portal.settings")

application = get_wsgi_application()

from booking_portal.hosts import host_patterns  # noqa: E402 - it needs Django set up

# What all pages need is loaded before the first is asked for, and then left alone by the collector: it would
# walk those hundreds of thousands of objects in the midst of somebody's page.
for known in host_patterns:
    _ = get_resolver(known.urlconf).url_patterns
gc.collect()
gc.freeze()
