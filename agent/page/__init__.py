"""The agent's local page: what it does, and for the sample book a calendar to play the desk with."""
