"""What the DNS of the sender's domain has to say so that e-mails land: SPF, DKIM and DMARC."""

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

INCLUDED = {
    "amazonaws.com": "amazonses.com",
    "brevo.com": "spf.brevo.com",
    "google.com": "_spf.google.com",
    "gmail.com": "_spf.google.com",
    "mailgun.org": "mailgun.org",
    "mailjet.com": "spf.mailjet.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "postmarkapp.com": "spf.mtasv.net",
    "sendgrid.net": "sendgrid.net",
}
"""By the end of a mail server's name, what its provider asks its customers to include."""
SELECTOR = "SELECTOR"
"""The provider says which it is, or who runs the mail server chooses one."""


@dataclass(frozen=True, slots=True)
class Record:
    """One TXT record."""

    kind: str
    name: str
    value: str

    @property
    def command(self) -> str:
        """What prints it at a shell."""
        return f"dig +short TXT {self.name}"


def sender_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()


def is_public(domain: str) -> bool:
    """Whether it is a domain of the internet, that can have records at all."""
    last = domain.rpartition(".")[2]
    return "." in domain and last not in ("localhost", "test", "example", "invalid", "local")


def sender_records() -> list[Record]:
    """The three records, for the mail server and the sender's address that are configured."""
    domain = sender_domain()
    return [
        Record("SPF", domain, f"v=spf1 {who_may_send(settings.EMAIL_HOST)} ~all"),
        Record("DKIM", f"{SELECTOR}._domainkey.{domain}", "v=DKIM1; k=rsa; p=…"),
        Record("DMARC", f"_dmarc.{domain}", f"v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"),
    ]


def who_may_send(host: str) -> str:
    """The provider's own list of servers where it is known, else the mail server itself."""
    known = next((include for end, include in INCLUDED.items() if host.endswith(end)), None)
    return f"include:{known}" if known else f"a:{host}"
