"""What a member of an organisation may do, from the most to the least."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Owners do everything, editors everything but people and keys, viewers look on."""

    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")

    def reaches(self, least: "Role") -> bool:
        """Whether this role may do what the least role needed may."""
        return _RANKS[self] >= _RANKS[least]


_RANKS = {Role.VIEWER: 0, Role.EDITOR: 1, Role.OWNER: 2}
