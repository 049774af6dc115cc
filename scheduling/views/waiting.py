"""The waiting list: a wish for an earlier time, its code, and its own page to see and end it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinics.methods import allowed
from clinics.tenancy import PatientRequest
from scheduling.dates import long_day, weekday_name
from scheduling.errors import (
    CodeExpired,
    CodeUnsendable,
    TooManyCodes,
    TooManyWishes,
    WishEnded,
    WrongCode,
)
from scheduling.forms import CodeForm
from scheduling.menu import menu_of
from scheduling.models import Wish
from scheduling.offers import end_wish
from scheduling.steps import choices_in
from scheduling.views.code import words_on_wrong
from scheduling.views.details import words_on_too_many, words_on_unsendable
from scheduling.views.patients import login_to_book
from scheduling.views.portal_closed import while_open
from scheduling.views.visitors import address_of
from scheduling.wish_forms import WishForm, first_wish
from scheduling.wish_telling import proven_addresses
from scheduling.wishes import confirm_wish, make_wish, resend_wish_code, wish_with_key

Page = Callable[[PatientRequest, Wish], HttpResponse]


def unlisted(response: HttpResponse) -> HttpResponse:
    """The answer, for nobody's cache or search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def by_key(page: Page) -> Callable[[PatientRequest, str], HttpResponse]:
    """A page for whoever has the wish's link; another organisation's is not there."""

    @wraps(page)
    def guarded(request: PatientRequest, key: str) -> HttpResponse:
        try:
            wish = wish_with_key(organisation=request.organisation, key=key)
        except Wish.DoesNotExist:
            raise Http404 from None
        return unlisted(page(request, wish))

    return guarded


@allowed("GET", "POST")
@while_open
@login_to_book
def ask(request: PatientRequest) -> HttpResponse:
    """The form, filled in with what was chosen on the way; sent, it leads on to the code."""
    organisation, language = request.organisation, request.LANGUAGE_CODE or "en"
    menu = menu_of(organisation)
    if request.method != "POST":
        first = first_wish(organisation, choices_in(request.GET))
        form = WishForm(initial=first, organisation=organisation, menu=menu, language=language)
        return ask_page(request, form)
    form = WishForm(request.POST, organisation=organisation, menu=menu, language=language)
    if not form.is_valid():
        return ask_page(request, form, status=422)
    try:
        wish = make_wish(organisation=organisation, details=form.details(), asked_from=address_of(request))
    except TooManyCodes as refusal:
        form.add_error(None, words_on_too_many(refusal))
        return ask_page(request, form, status=429)
    except CodeUnsendable:
        form.add_error(None, words_on_unsendable(request.organisation))
        return ask_page(request, form, status=422)
    return HttpResponseRedirect(f"/waiting/{wish.key}/code/")


def ask_page(request: PatientRequest, form: WishForm, status: int = 200) -> HttpResponse:
    return unlisted(render(request, "waiting/ask.html", {"form": form}, status=status))


@allowed("GET", "POST")
@by_key
def wish_code(request: PatientRequest, wish: Wish) -> HttpResponse:
    """Takes the code that shows that the address is the owner's."""
    if wish.state != Wish.State.UNCONFIRMED:
        return HttpResponseRedirect(f"/waiting/{wish.key}/")
    if request.method != "POST":
        sent = [_("A new code is on its way.")] if "sent" in request.GET else []
        return code_page(request, wish, CodeForm(), notices=sent)
    return take_code(request, wish)


def take_code(request: PatientRequest, wish: Wish) -> HttpResponse:
    """Begins the waiting for the right code; for a wrong one says how many tries are left."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return code_page(request, wish, form, status=422)
    try:
        confirm_wish(organisation=request.organisation, wish=wish, code=form.cleaned_data["code"])
    except CodeExpired:
        form.add_error("code", _("This code is not valid any more. Please ask for a new one."))
    except WrongCode as wrong:
        form.add_error("code", words_on_wrong(wrong))
    except TooManyWishes:
        form.add_error(
            None, _("You are on the waiting list several times already. End one of your wishes first.")
        )
    else:
        return HttpResponseRedirect(f"/waiting/{wish.key}/")
    return code_page(request, wish, form, status=422)


@allowed("POST")
@by_key
def resend_code(request: PatientRequest, wish: Wish) -> HttpResponse:
    """Sends a new code; the one before it is void."""
    try:
        resend_wish_code(organisation=request.organisation, wish=wish, asked_from=address_of(request))
    except WishEnded:
        return HttpResponseRedirect(f"/waiting/{wish.key}/")
    except TooManyCodes as refusal:
        return code_page(request, wish, CodeForm(), notices=[words_on_too_many(refusal)], status=429)
    except CodeUnsendable:
        return code_page(
            request, wish, CodeForm(), notices=[words_on_unsendable(request.organisation)], status=422
        )
    return HttpResponseRedirect(f"/waiting/{wish.key}/code/?sent=1")


def code_page(
    request: PatientRequest,
    wish: Wish,
    form: CodeForm,
    *,
    notices: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    sent_to = [address for _channel, address in proven_addresses(request.organisation, wish)]
    context = {"wish": wish, "form": form, "sent_to": sent_to, "notices": notices or []}
    return render(request, "waiting/code.html", context, status=status)


@allowed("GET")
@by_key
def wish_page(request: PatientRequest, wish: Wish) -> HttpResponse:
    """What is wished for and how long, and a button to end it."""
    if wish.state == Wish.State.UNCONFIRMED:
        return HttpResponseRedirect(f"/waiting/{wish.key}/code/")
    context = {
        "wish": wish,
        "is_waiting": wish.state == Wish.State.WAITING,
        "is_booked": wish.state == Wish.State.BOOKED,
        **words_of(wish, request.LANGUAGE_CODE or "en"),
    }
    return render(request, "waiting/wish.html", context)


def words_of(wish: Wish, language: str) -> dict[str, Any]:
    return {
        "clinics": [clinic.name for clinic in wish.clinics.all()],
        "practitioners": [practitioner.name for practitioner in wish.practitioners.all()],
        "days": ", ".join(weekday_name(day, language) for day in wish.weekdays),
        "last_day": long_day(wish.latest_on, language),
    }


@allowed("POST")
@by_key
def end(request: PatientRequest, wish: Wish) -> HttpResponse:
    """Ends the wish; the page says so then."""
    end_wish(organisation=request.organisation, wish=wish)
    return HttpResponseRedirect(f"/waiting/{wish.key}/")
