"""Kept connections are looked at before each request: at the socket, where Django would ask the server."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL; a kept connection costs no round trip before it is used again."""

    def is_usable(self) -> bool:
        """Whether the server has neither hung up nor said anything unasked, such as that it is leaving."""
        if self.connection is None or self.connection.closed:
            return False
        unread = select.poll()
        unread.register(self.connection.fileno(), select.POLLIN)
        return not unread.poll(0)
