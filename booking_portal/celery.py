"""The Celery application: the bell that wakes workers, never the record of what is to be done."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "booking_portal.settings")

app = Celery("booking_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
