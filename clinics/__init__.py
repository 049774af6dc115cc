"""Who: organisations, their clinics, practitioners, settings, words and users."""
