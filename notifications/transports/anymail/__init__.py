"""E-mail by a provider that django-anymail knows."""
