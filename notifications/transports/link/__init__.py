"""SMS by LINK Mobility."""
