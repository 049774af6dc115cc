"""Pages that know organisations and people, but no bookings."""
