"""The patient's pages and the console's, on an organisation's own host."""

from django.urls import path

from scheduling.views.book import book, front
from scheduling.views.cancelling import cancel, undo
from scheduling.views.code import code, resend
from scheduling.views.console import overview
from scheduling.views.details import details
from scheduling.views.done import calendar_file, done
from scheduling.views.layouts import choose_layout
from scheduling.views.month import month
from scheduling.views.photos import photo
