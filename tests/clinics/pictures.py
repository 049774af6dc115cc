"""Pictures as people send them, and as nobody should."""

import io
import random
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageDraw

GPS_CANARY = b"N60-canary-place"


def painted(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """A picture with a light left half, a dark right half and a red dot in the top left corner."""
    colours: dict[str, Any] = {"RGBA": ((0, 0, 0, 0), (20, 30, 40, 255), (200, 0, 0, 255))}
    light, dark, dot = colours.get(mode, ("#dddddd", "#223344", "#cc0000"))
    image = Image.new("RGBA" if mode == "RGBA" else "RGB", (width, height), light)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height), fill=dark)
    draw.ellipse((0, 0, width // 8, height // 8), fill=dot)
    return image if image.mode == mode else image.convert(mode)


def sent(image: Image.Image, file_format: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def photographed(orientation: int = 1, width: int = 640, height: int = 480) -> bytes:
    """A JPEG that says where and with what it was taken, and how the camera was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = GPS_CANARY.decode()
    exif.get_ifd(0x8825)[0x001D] = GPS_CANARY.decode()
    return sent(painted(width, height), "JPEG", exif=exif, comment=GPS_CANARY)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it is enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def originals() -> dict[str, bytes]:
    """A good file of each format, small, so that a thousand broken ones are quick."""
    small = painted(64, 48)
    return {
        "jpeg": photographed(6, 64, 48),
        "progressive": sent(small, "JPEG", progressive=True),
        "cmyk": sent(painted(64, 48, "CMYK"), "JPEG"),
        "png": sent(painted(64, 48, "RGBA"), "PNG"),
        "palette": sent(painted(64, 48, "P"), "PNG"),
        "gif": sent(painted(64, 48, "P"), "GIF"),
        "webp": sent(small, "WEBP"),
        "tiff": sent(small, "TIFF", compression="tiff_lzw"),
        "bmp": sent(small, "BMP"),
        "avif": sent(small, "AVIF"),
    }


def animated(file_format: str) -> bytes:
    frames = [painted(64, 48), painted(64, 48).rotate(90)]
    return sent(frames[0], file_format, save_all=True, append_images=frames[1:], duration=100)


def disguised() -> dict[str, bytes]:
    """Good pictures that are something else as well."""
    jpeg, png, gif = (originals()[name] for name in ("jpeg", "png", "gif"))
    archive = b"PK\x03\x04" + b"\0" * 26 + b"a" + b"PK\x05\x06" + b"\0" * 18
    return {
        "jpeg and zip": jpeg + archive,
        "gif and jar": gif + archive,
        "png and page": png + b"<script>alert(1)</script>",
        "png with a page in it": png[:33] + chunk(b"tEXt", b"x\0<SCRIPT src=//evil>") + png[33:],
        "jpeg and php": jpeg[:2] + b"\xff\xfe\x00\x1f<?php system($_GET[1]); ?>...." + jpeg[2:],
        "jpeg and document": jpeg[:2] + b"\xff\xfe\x00\x0c%PDF-1.4.." + jpeg[2:],
        "gif and frame": gif + b"<iframe src=javascript:alert(1)>",
    }


def bombs() -> dict[str, bytes]:
    gif = originals()["gif"]
    bmp = originals()["bmp"]
    huge = struct.pack("<ii", 60_000, 60_000)
    return {
        "png": bomb(50_000, 50_000),
        "png of one row": bomb(2**31 - 1, 1),
        "png just above": bomb(5_000, 4_001),
        "gif": gif[:6] + struct.pack("<HH", 65_535, 65_535) + gif[10:],
        "bmp": bmp[:18] + huge + bmp[26:],
        "text": png_with_text_bomb(),
    }


def png_with_text_bomb() -> bytes:
    """A comment that unpacks to 200 MB."""
    png = originals()["png"]
    return png[:33] + chunk(b"zTXt", b"x\0\0" + zlib.compress(b"\0" * 200_000_000)) + png[33:]


def drawings() -> dict[str, bytes]:
    body = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    return {
        "svg": body,
        "svg with a header": b"\xef\xbb\xbf<?xml version='1.0'?>\n" + body,
        "svg with a type": b"<!DOCTYPE svg>\n" + body,
    }


def hostile() -> Iterator[tuple[str, bytes]]:
    """More than 500 files, the same each time."""
    chance = random.Random(20261122)
    for name, content in originals().items():
        for step in range(1, 21):
            yield f"{name} cut at {step}/21", content[: len(content) * step // 21]
        for number in range(25):
            yield f"{name} flipped {number}", flipped(content, chance)
        for number in range(5):
            start = chance.randrange(len(content))
            yield f"{name} torn {number}", content[:start] + chance.randbytes(64) + content[start + 200 :]
    for group in (disguised(), bombs(), drawings()):
        yield from group.items()
    yield from ((f"animated {name}", animated(name)) for name in ("GIF", "PNG", "WEBP", "TIFF"))
    yield "nothing but a beginning", b"\xff\xd8\xff"
    yield "noise", chance.randbytes(5_000)


def flipped(content: bytes, chance: random.Random) -> bytes:
    """A few bits wrong, half of them near the beginning, where a file says what it is."""
    changed = bytearray(content)
    for _bit in range(chance.randint(1, 8)):
        place = chance.randrange(len(changed) if chance.random() < 0.5 else min(200, len(changed)))
        changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed)
