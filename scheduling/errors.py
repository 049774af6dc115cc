"""What can stand between a patient and a booked time. None of these carries personal data."""

from scheduling.change_rules import Refusal


class TimeTaken(Exception):
    """Another hold or booking was first."""


class TimeNotOffered(Exception):
    """No published slot covers the whole treatment from this start, or the rules leave it out."""


class TooManyHolds(Exception):
    """As many times are held as may be, by one visitor, from one address or with one mobile number."""

    def __init__(self, limit: str) -> None:
        """``limit`` is ``visitor``, ``address`` or ``number``."""
        super().__init__(limit)
        self.limit = limit


class HoldExpired(Exception):
    """The time was held for as long as it could be; it may be somebody else's by now."""


class WrongCode(Exception):
    """The code was not the one that was sent."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class CodeExpired(Exception):
    """The code is too old, was tried too often, or a newer one has been sent."""


class CodeUnsendable(Exception):
    """No code can be sent: the number's country or a limit forbids it, and there is no e-mail."""


class TooManyCodes(Exception):
    """A new code can be sent only after ``seconds``; none at all any more where that is None."""

    def __init__(self, seconds: int | None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class ChangeRefused(Exception):
    """A rule forbids the patient to change the appointment: ``refusal`` says which."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class ChangedMeanwhile(Exception):
    """The booking is not any more as whoever wants to change it has seen it."""


class NotUndoable(Exception):
    """There is nothing to take back: the patient has not cancelled it, or it has been booked again."""


class WishEnded(Exception):
    """The wish for an earlier time has ended, or come true."""


class TooManyWishes(Exception):
    """As many wishes wait for one address as may."""


class OfferGone(Exception):
    """The time can no longer be had by this offer: it was answered, or nobody answered in time."""


class EidAway(Exception):
    """The provider of electronic identities cannot be asked, or answers nonsense."""


class EidRefused(Exception):
    """The provider did not show who it is. ``reason`` says in a word or two why, never who."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class EidAttemptGone(Exception):
    """The login was not begun here, not in this browser, too long ago, or has been finished."""
