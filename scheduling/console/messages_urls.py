"""The tab of what was sent and what came back."""

from django.urls import path

from scheduling.console.messages import again, cancel, messages_found, messages_list
from scheduling.console.received import lift, mark, received, received_found
from scheduling.console.sending_status import pause_or_resume, sending_status

app_name = "console_messages"
urlpatterns = [
    path("", messages_list, name="messages"),
    path("search/", messages_found, name="search"),
    path("received/", received, name="received"),
    path("received/search/", received_found, name="received_search"),
    path("received/<uuid:public_id>/", mark, name="mark"),
    path("stops/<int:pk>/lift/", lift, name="lift"),
    path("status/", sending_status, name="status"),
    path("status/pause/", pause_or_resume, name="pause"),
    path("<uuid:public_id>/cancel/", cancel, name="cancel"),
    path("<uuid:public_id>/again/", again, name="again"),
]
