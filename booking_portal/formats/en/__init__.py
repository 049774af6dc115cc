"""English as it is written in the Nordic countries."""
