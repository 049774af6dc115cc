"""The project that serves the portal: settings, hosts, processes."""

from booking_portal.celery import app as celery_app

__all__ = ["celery_app"]
