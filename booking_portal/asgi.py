"""The ASGI application: the sync API, whose long poll must not hold a thread."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "booking_portal.settings")
# There are more threads here than the database needs connections: they are pooled.
os.environ.setdefault("DATABASE_POOL_SIZE", "10")

# A push takes a processor for half a second. People who wait for a page come first.
os.nice(int(os.environ.get("API_NICENESS", "10")))

django.setup(set_prefix=False)

from booking_portal.one_thread import OneThread  # noqa: E402 - these need Django set up
from sync_api.long_poll import LongPoll  # noqa: E402

django_application = OneThread()
application = LongPoll(django_application)

# A push makes a hundred thousand objects that all live until its end. With Python's own thresholds the
# collector walks the whole heap again and again meanwhile: that is half the time of an unchanged push.
gc.collect()
gc.freeze()
gc.set_threshold(100_000, 50, 100)
