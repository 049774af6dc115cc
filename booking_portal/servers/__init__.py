"""The embedded servers themselves; programs use them through ``booking_portal.embedded``."""
