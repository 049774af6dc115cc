"""What can go wrong with organisations and who they are."""


class OrganisationNotInScope(RuntimeError):
    """Rows of an organisation were asked for without saying of which."""


class SubdomainTaken(Exception):
    """Another organisation has this address or one like it, or the name is none that can be given."""


class AccountKeyInvalid(Exception):
    """The account key is unknown, used up or revoked; which of them is not said."""


class LastOwner(Exception):
    """Nobody would be left who may do everything."""


class AlreadyMember(Exception):
    """Whoever is invited works with this organisation's portal already."""


class InvitationInvalid(Exception):
    """The invitation is unknown, used, revoked or too old; which of them is not said."""


class GroupNameTaken(Exception):
    """The organisation has a group of clinics of this name already."""
