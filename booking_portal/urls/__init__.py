"""One URLconf a host: landing, api, admin, login, portal, nowhere."""
