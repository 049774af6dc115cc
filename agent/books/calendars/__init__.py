"""Appointment books that are calendars: one for each practitioner, in folders or on a CalDAV server."""
