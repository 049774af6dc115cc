"""The reference agent: carries free times out of an appointment book and portal bookings into it."""

VERSION = "0.1.0"
