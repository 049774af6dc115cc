"""The app's registration with Django, of its system check and of its tabs in the console."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from clinics.console.tabs import Group, Tab
from clinics.console.tabs import register as register_tabs
from clinics.read_along import READ_ALONG
from clinics.roles import Role
from notifications.lifting import WHEN_LIFTED
from scheduling.agent_heard import AGENT_HEARD, LAST_HEARD
from scheduling.checks import check_eid

TABS = [
    Tab("", _("Overview"), Group.DESK, 0, "scheduling.console.urls"),
    Tab("bookings", _("Bookings"), Group.DESK, 10, "scheduling.console.bookings_urls"),
    Tab("statistics", _("Numbers"), Group.DESK, 40, "scheduling.console.statistics_urls"),
    Tab("send", _("Send by hand"), Group.MESSAGES, 30, "scheduling.console.by_hand_urls", Role.EDITOR),
    Tab("messages", _("Sent and received"), Group.MESSAGES, 40, "scheduling.console.messages_urls"),
    Tab("email", _("E-mail"), Group.MESSAGES, 50, "scheduling.console.email_urls", Role.EDITOR),
    Tab("sms", _("SMS"), Group.MESSAGES, 60, "scheduling.console.sms_urls", Role.EDITOR),
    Tab("privacy", _("Privacy"), Group.PEOPLE, 50, "scheduling.console.privacy_urls", Role.OWNER),
]


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        register(check_eid, Tags.security)
        register_tabs(*TABS)
        READ_ALONG[AGENT_HEARD] = LAST_HEARD
        WHEN_LIFTED.append("scheduling.reminder_plans.plan_for_number")
