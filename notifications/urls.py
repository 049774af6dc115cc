"""The demo's mailbox; mounted at /demo/messages/."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.demo_messages, name="demo_messages"),
    path("now/", views.demo_messages_now, name="demo_messages_now"),
]
