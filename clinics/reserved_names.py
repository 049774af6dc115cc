"""Addresses that no organisation can have: ours, those that look like ours, and those that insult."""

import re

_RESERVED_WORDS = """
    www www1 www2 web api app apps admin administrator operator manage console root system internal
    mail email smtp imap pop mx webmail autodiscover autoconfig postmaster hostmaster webmaster abuse noreply
    static media assets cdn img images files download downloads upload uploads docs doc help support status
    health metrics monitoring grafana sentry log logs login logout signin signup register account accounts
    auth oauth oidc sso id identity security secure ssl tls cert certs pki acme dns ns ns1 ns2 ntp vpn ftp
    sftp ssh proxy gateway gw db database sql postgres redis cache queue worker beat agent sync
    hook hooks webhook webhooks callback callbacks test tests testing dev develop staging stage demo sandbox
    preview beta billing invoice invoices pay payment payments shop store blog news about contact
    legal terms privacy cookie cookies gdpr book booking bookings portal marketplace search landing home start
    official localhost local example invalid wpad isatap kanta kela tunnistus suomi bankid vipps helsenorge
"""
RESERVED = frozenset(_RESERVED_WORDS.split())

_OFFENSIVE_ANYWHERE_WORDS = """
    vittu perkele saatana kusipaa neekeri runkkari huoranpenska
    knulla javla jaevla horunge negerjavel
    drittsekk faenskap horunge kukhode
    fuck cunt asshole nigger whore hitler porno motherf
"""
OFFENSIVE_ANYWHERE = frozenset(_OFFENSIVE_ANYWHERE_WORDS.split())
"""Words that stand in no decent one, in Finnish, Swedish, Norwegian and English."""

_OFFENSIVE_ALONE_WORDS = """
    paska huora pillu mulkku hintti ryssa homo
    fitta kuk hora neger bog slyna fan helvete
    fitte kukk pikk faen hore dritt
    shit bitch slut rape nazi sex xxx porn dick cock
"""
OFFENSIVE_ALONE = frozenset(_OFFENSIVE_ALONE_WORDS.split())
"""Words that only insult between hyphens: ``thoresen`` and ``pikkuhammas`` are names."""


def skeleton(name: str) -> str:
    """What a hurried reader sees: names with the same skeleton look alike.

    The database has the same rule as a function of this name, for its index (migration 0002).
    """
    seen = name.translate(str.maketrans("01i", "oll", "-"))
    return re.sub(r"([a-z])\1+", r"\1", seen.replace("rn", "m").replace("vv", "w"))


RESERVED_SKELETONS = frozenset(skeleton(name) for name in RESERVED)


def is_offensive(name: str) -> bool:
    whole = skeleton(name)
    parts = {skeleton(part) for part in name.split("-")} | {whole}
    return any(skeleton(word) in whole for word in OFFENSIVE_ANYWHERE) or any(
        skeleton(word) in parts for word in OFFENSIVE_ALONE
    )
