"""JSON as it goes over the line: the same object is always the same bytes."""

import hashlib
import json


def encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(body: object) -> str:
    return hashlib.sha256(encoded(body)).hexdigest()
