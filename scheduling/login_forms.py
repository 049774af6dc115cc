"""What patients type to log in, checked."""

from typing import Any

from django import forms

from clinics.models import Organisation
from scheduling.captcha import CaptchaField, captcha_is_on, require_human
from scheduling.forms import CAPTCHA_LABEL, MISSING, mobile_field


class LoginForm(forms.Form):
    """The mobile number that the clinic knows, of a country to which the organisation sends SMS."""

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mobile"] = mobile_field(organisation, organisation.settings.sms_countries)
        self.fields["mobile"].error_messages["required"] = MISSING["mobile"]
        if captcha_is_on():
            self.fields["captcha"] = CaptchaField(label=CAPTCHA_LABEL)

    def clean_captcha(self) -> str:
        """Asked about only once the number is right."""
        answer: str = self.cleaned_data["captcha"]
        if not self.errors:
            require_human(answer)
        return answer
