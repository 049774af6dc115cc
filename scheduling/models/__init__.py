"""The tables of what and when."""

from scheduling.models.appointment_change import AppointmentChange
from scheduling.models.booking import Booking, BookingPatient, BookingResource, ConfirmationCode
from scheduling.models.count import DayNumbers, StepCount
from scheduling.models.desk import DeskAct
from scheduling.models.eid import EidAttempt
from scheduling.models.event import AgentEvent, AgentLink
from scheduling.models.free_week import FreeWeek
from scheduling.models.login import Login, Lookup
from scheduling.models.login_code import LoginCode
from scheduling.models.recipient import Recipient
from scheduling.models.reminder_plan import ReminderPlan
from scheduling.models.slot import Slot
from scheduling.models.treatment import (
    Category,
    Resource,
    Treatment,
    TreatmentClinic,
    TreatmentPractitioner,
    TreatmentResource,
)
from scheduling.models.wish import Offer, Wish, WishClinic, WishCode, WishPractitioner

__all__ = [
    "AgentEvent",
    "AgentLink",
    "AppointmentChange",
    "Booking",
    "BookingPatient",
    "BookingResource",
    "Category",
    "ConfirmationCode",
    "DayNumbers",
    "DeskAct",
    "EidAttempt",
    "FreeWeek",
    "Login",
    "LoginCode",
    "Lookup",
    "Offer",
    "Recipient",
    "ReminderPlan",
    "Resource",
    "Slot",
    "StepCount",
    "Treatment",
    "TreatmentClinic",
    "TreatmentPractitioner",
    "TreatmentResource",
    "Wish",
    "WishClinic",
    "WishCode",
    "WishPractitioner",
]
