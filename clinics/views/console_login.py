"""Logging in to an organisation's console, on its own host."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView

from clinics.models import User
from clinics.people import is_member


class MemberForm(AuthenticationForm):
    """Lets in members of the host's organisation; to others it says what it says to a wrong password."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        assert isinstance(user, User)  # noqa: S101 - the only user model there is
        if not is_member(user, self.request.organisation):  # type: ignore[union-attr]
            raise self.get_invalid_login_error()


class ConsoleLogin(LoginView):
    template_name = "manage/login.html"
    authentication_form = MemberForm
    redirect_authenticated_user = False
