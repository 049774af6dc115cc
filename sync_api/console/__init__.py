"""The console's page about the clinic's agent."""
