"""Providers that call us, as their requests really look."""

import json
from typing import Any

from django.conf import settings
from django.test import Client

from notifications.routes import operator_account
from notifications.transports.addresses import hook_address
from notifications.transports.base import Account
from tests.notifications.fake_twilio import TOKEN, signature

HOST = "hooks.localhost:8000"


def path_of(account: Account, *parts: str) -> str:
    return hook_address(account, *parts).removeprefix(settings.HOOKS_URL)


def sms_account() -> Account:
    return operator_account("sms")


def twilio_calls(account: Account, *parts: str, token: str = TOKEN, **fields: str) -> Any:
    """A request as Twilio sends it, signed for the public address."""
    address = hook_address(account, *parts)
    return Client().post(
        path_of(account, *parts),
        fields,
        headers={"host": HOST, "x-twilio-signature": signature(address, fields, token)},
    )


def json_calls(account: Account, *parts: str, body: Any) -> Any:
    return Client().post(
        path_of(account, *parts), json.dumps(body), content_type="application/json", headers={"host": HOST}
    )
