"""The operator's desk: organisations and users."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.access import lacks_second_factor
from clinics.account_mails import Happening, tell
from clinics.models import Organisation, OrganisationSettings, User
from clinics.roles import Role


def is_operator(request: HttpRequest) -> bool:
    """Somebody of the staff, with a second factor like an owner's."""
    user = request.user
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return False
    return not lacks_second_factor(user=user, role=Role.OWNER)


def operator_login(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Sends the operator through the same login as everybody, and to the second factor where it lacks."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next") or "/")
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect("admin:index" if is_operator(request) else "mfa_index")


admin.site.login = operator_login  # type: ignore[method-assign]
admin.site.has_permission = is_operator  # type: ignore[method-assign]
admin.site.site_header = "Booking portal"
admin.site.site_title = "Booking portal"
admin.site.index_title = "Operator"


class SettingsInline(admin.StackedInline):  # type: ignore[type-arg]
    model = OrganisationSettings
    can_delete = False


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts are opened by ``manage.py open_account``, which gives out their key; here they are seen to."""

    list_display = ("name", "subdomain", "country", "is_suspended", "created_at")
    list_filter = ("country", "is_suspended")
    search_fields = ("name", "subdomain")
    readonly_fields = ("public_id", "version", "created_at")
    inlines = (SettingsInline,)

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(User)
class OperatorUserAdmin(UserAdmin):  # type: ignore[type-arg]
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name")
    readonly_fields = ("created_at", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)
    filter_horizontal = ("groups",)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Another e-mail address is told to both: perhaps only the one before is the person's."""
        before = User.objects.filter(pk=obj.pk).values_list("email", flat=True).first()
        super().save_model(request, obj, form, change)
        if before is not None and before != obj.email:
            for address in (before, obj.email):
                tell(user=obj, happening=Happening.EMAIL, request=request, to=address)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().user_change_password(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 302:
            user = User.objects.get(pk=args[0] if args else kwargs["id"])
            tell(user=user, happening=Happening.PASSWORD, request=request)
        return response
