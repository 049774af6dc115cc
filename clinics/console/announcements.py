"""Putting away what the operator has announced."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clinics.announcements import dismiss, unread
from clinics.console.guard import ConsoleRequest, console_page
from clinics.methods import allowed
from clinics.roles import Role


@allowed("POST")
@console_page(role=Role.VIEWER, for_limited=True)
def put_away(request: ConsoleRequest, public_id: uuid.UUID) -> HttpResponse:
    shown = unread(organisation=request.organisation, user=request.user)
    dismiss(announcement=get_object_or_404(shown, public_id=public_id), user=request.user)
    return redirect("console:overview")
