"""A server on this machine that plays the part of Google's siteverify, with TLS of its own."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

GOOD = "the patient is human"


@dataclass
class FakeRecaptcha:
    """What was asked, and what the next answers are to be."""

    domain: str = ""
    certificate: Path = Path()
    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None

    def answer(self, asked: dict[str, str]) -> bytes:
        self.asked.append(asked)
        if self.body is not None:
            return self.body
        if asked.get("secret") == "private" and asked.get("response") == GOOD:
            return json.dumps({"success": True, "hostname": "localhost"}).encode()
        return json.dumps({"success": False, "error-codes": ["invalid-input-response"]}).encode()


@contextmanager
def running(folder: Path) -> Iterator[FakeRecaptcha]:
    fake = FakeRecaptcha()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            typed = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.path == "/recaptcha/api/siteverify"
            body = fake.answer({name: values[0] for name, values in parse_qs(typed).items()})
            self.send_response(fake.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Keeps quiet."""

    fake.certificate = certificate_in(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(fake.certificate)
    # Hands are shaken when something is read, so that who gives up leaves no socket open.
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    fake.domain = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def certificate_in(folder: Path) -> Path:
    """A key and a certificate for this machine that vouches for itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "recaptcha.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
