"""``manage.py hook_addresses``: what to tell the operator's providers to call."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.models import Channel
from notifications.routes import operator_account
from notifications.transports.addresses import hook_address
from notifications.transports.callbacks import BRING, REPORT


class Command(BaseCommand):
    help = (
        "Prints the addresses that the operator's providers of SMS and e-mail are to call. They are secret."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for channel in Channel:
            account = operator_account(channel)
            for what, known in (("report", REPORT), ("incoming", BRING)):
                if account.transport in known:
                    self.stdout.write(f"{account.transport} {what}: {hook_address(account, what)}")
