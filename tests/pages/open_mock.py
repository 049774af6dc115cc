"""Runs oidc-provider-mock so that it takes clients without a shared secret, as ours is: it has a key."""

from oidc_provider_mock import _app
from oidc_provider_mock.__main__ import run

if __name__ == "__main__":
    _app.AuthorizationCodeGrant.TOKEN_ENDPOINT_AUTH_METHODS = ["none"]
    run()
