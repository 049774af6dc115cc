"""Placeholder."""

urlpatterns: list[object] = []
