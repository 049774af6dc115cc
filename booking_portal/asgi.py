"""The ASGI application: the sync API, whose long poll must not hold a thread."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "booking_portal.settings")

application = get_asgi_application()
