"""The console’s pages about messages."""
