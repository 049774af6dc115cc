"""One URLconf a host: landing, api, admin, login, hooks, portal, nowhere."""
