"""Whether a portal keeps the promises of the sync protocol: one named check for each.

Speaks nothing but the protocol, so that it runs against any portal. Shares no code with the agent's client:
what that does wrong, this shall see.
"""
