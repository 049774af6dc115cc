"""Messages: texts, the outbox, delivery and its transports. Knows messages, not bookings."""
