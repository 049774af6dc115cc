"""Request bodies: read within bounds, unpacked within bounds, and parsed into something storable."""

import zlib
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import orjson
from django.http import HttpRequest, UnreadablePostError
from pydantic import BaseModel, ValidationError

from sync_api.problems import InvalidBody, TooLarge, Unacceptable

MOST_BYTES = 8 * 1024 * 1024
"""The most that a body may have, as sent and unpacked."""
MOST_FORM_FIELDS = 20

_GZIP = 31  # zlib's number for "with gzip's header and checksum"

Model = TypeVar("Model", bound=BaseModel)


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that the request carries. Raises InvalidBody, TooLarge or Unacceptable."""
    kind = request.content_type or ""
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise Unacceptable(
            415, "The body must be sent as application/json.", headers={"Accept": "application/json"}
        )
    raw = body_of(request)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidBody(f"The body is not JSON in UTF-8: {error}.", errors=[((), str(error))]) from error
    if not isinstance(body, dict):
        raise InvalidBody("The body must be a JSON object.", errors=[((), "This is not an object.")])
    if b"\\u0000" in raw:
        require_no_nul(body)
    return body


def form_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form-encoded body, in order. Raises ValueError where it is not one."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise ValueError("The body must be sent as application/x-www-form-urlencoded.")
    text = body_of(request).decode("ascii")
    return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS, errors="strict")


def body_of(request: HttpRequest) -> bytes:
    """The whole body, unpacked."""
    try:
        raw: bytes = request.read(MOST_BYTES + 1)
    except UnreadablePostError as error:
        raise Unacceptable(400, "The body broke off before its end.") from error
    require_size(raw)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return raw
    if encoding not in ("gzip", "x-gzip"):
        raise Unacceptable(
            415, "The body may be packed with gzip, and in no other way.", headers={"Accept-Encoding": "gzip"}
        )
    return unpacked(raw)


def unpacked(raw: bytes) -> bytes:
    """What gzip packed, never more than MOST_BYTES of it."""
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        body = unpacker.decompress(raw, MOST_BYTES + 1)
    except zlib.error as error:
        raise InvalidBody("The body is not packed with gzip, as its Content-Encoding says.") from error
    require_size(body)
    if not unpacker.eof or unpacker.unused_data:
        raise InvalidBody("The packed body is not whole, or something follows it.")
    return body


def require_size(body: bytes) -> None:
    if len(body) > MOST_BYTES:
        raise TooLarge(f"A body may have {MOST_BYTES} bytes at most, as sent and unpacked.")


def require_no_nul(body: dict[str, Any]) -> None:
    """Refuses U+0000 in any name or text: PostgreSQL cannot store it."""
    found = [(path, "The character U+0000 cannot be stored.") for path in places_of_nul(body)]
    if found:
        raise InvalidBody("The body has the character U+0000 in it.", errors=found)


def places_of_nul(body: object) -> Iterator[tuple[str | int, ...]]:
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), body)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            if "\0" in value:
                yield path
        elif isinstance(value, dict):
            if any("\0" in name for name in value):
                yield path
            waiting.extend(((*path, name), member) for name, member in value.items() if "\0" not in name)
        elif isinstance(value, list):
            waiting.extend(((*path, index), member) for index, member in enumerate(value))


def validated(model: type[Model], body: dict[str, Any], context: dict[str, Any] | None = None) -> Model:
    """The body as ``model``. Raises InvalidBody with a pointer to everything that is wrong."""
    try:
        return model.model_validate(body, context=context)
    except ValidationError as error:
        raise invalid_body(error) from error


def invalid_body(error: ValidationError) -> InvalidBody:
    errors = [(found["loc"], found["msg"]) for found in error.errors(include_url=False, include_input=False)]
    path, text = errors[0]
    where = "/".join(map(str, path)) or "the body"
    return InvalidBody(
        f"{len(errors)} of its values are not valid, the first at {where}: {text}.", errors=errors
    )
