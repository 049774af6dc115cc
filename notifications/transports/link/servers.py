"""The servers of LINK Mobility's "Common" platform; each customer is assigned one."""

SERVERS = (
    "https://wsx.sp247.net/sms",
    "https://n-eu.linkmobility.io/sms",
    "https://c-eu.linkmobility.io/sms",
    "https://s-eu.linkmobility.io/sms",
    "https://no.linkmobility.io/sms",
    "https://deb.linkmobility.io/sms",
)
"""LINK Mobility SMS REST API, "Base URLs". An organisation may name no other: we call it from inside."""
