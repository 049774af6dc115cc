"""Ways for a message to leave: a folder each, by the name that a setting chooses it with."""

TRANSPORTS = {
    "smtp": "notifications.transports.smtp.transport.SmtpTransport",
    "anymail": "notifications.transports.anymail.transport.AnymailTransport",
    "twilio": "notifications.transports.twilio.transport.TwilioTransport",
    "link": "notifications.transports.link.transport.LinkTransport",
    "file": "notifications.transports.file.transport.FileTransport",
}
"""Dotted paths, so that a provider's library is loaded only where it is used."""
