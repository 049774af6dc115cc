"""What and when: treatments, slots, availability, holds, bookings and the patient's steps."""
