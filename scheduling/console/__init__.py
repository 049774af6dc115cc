"""The console's pages about what is booked."""
