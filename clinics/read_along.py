"""What is read together with a request's organisation, for apps above that need it on almost every page.

A question of its own would cost more than the answer.
"""

READ_ALONG: dict[str, str] = {}
"""Name, as in an organisation's ``read_along``, to SQL about a row ``organisation``; filled at the start."""
