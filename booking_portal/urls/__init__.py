"""One URLconf a host: landing, api, admin, portal, nowhere."""
