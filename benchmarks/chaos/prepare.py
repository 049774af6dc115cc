"""Makes the tables and two organisations, in one process: ``python -m benchmarks.chaos.prepare``."""

import os

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "booking_portal.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    for name in ("first", "second"):
        call_command("open_account", json=True, name=name, subdomain=name, language="fi")
