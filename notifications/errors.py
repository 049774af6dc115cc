"""What can go wrong with texts and sending, as plain nouns."""


class UnknownField(ValueError):
    """A text names a merge field that does not exist."""

    def __init__(self, field: str) -> None:
        super().__init__(f"There is no merge field [{field}].")
        self.field = field


class ValueMissing(ValueError):
    """A message cannot be written without this value: a code without its digits, say."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The message needs a value for [{field}].")
        self.field = field


class SmsNotAllowed(Exception):
    """An SMS would pass a limit.

    ``limit`` is ``country``, ``type``, ``number``, ``block``, ``address``, ``day``, ``month``, or ``codes``
    while codes pause.
    """

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class TransportError(Exception):
    """A message was not sent, as far as anybody knows.

    ``permanent``: trying again would end the same. ``outcome_unknown``: the provider may have taken the
    message all the same. ``provider_failed``: it is the provider that fails, not this message or us. The
    text is the provider's own and may name the recipient: it belongs in the message's row and not in a log.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        outcome_unknown: bool = False,
        provider_failed: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.outcome_unknown = outcome_unknown
        self.provider_failed = provider_failed and not permanent


class NotSendable(Exception):
    """Only a message that failed, still says something and comes in time can be sent again."""
