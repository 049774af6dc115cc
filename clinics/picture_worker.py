"""A program of its own that turns an uploaded file into a small picture, or says why it does not.

It reads the file on standard input and answers on standard output with a line of JSON and, where it
has drawn one, the picture. It knows no secret, opens no connection, and cannot use more memory or time
than it is given: decoders are the part of the portal that strangers' bytes reach deepest, they cannot
be stopped inside a thread, and one that crashes takes nothing but this process with it.
"""

import contextlib
import json
import resource
import sys
import warnings
from io import BytesIO
from typing import Any

MOST_MEMORY = 448 * 1024 * 1024
"""Bytes of address space, of which Python and Pillow's libraries map a third without using it."""
MOST_SECONDS = 8


def limit_ourselves() -> None:
    """Before anything else is loaded: it has to hold for the decoders too."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    limit_ourselves()

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError  # noqa: E402 - not before the limits

MOST_BYTES = 25_000
MILLION = 1_000_000
MOST_PIXELS = {
    "JPEG": 51 * MILLION,
    "MPO": 51 * MILLION,
    "PNG": 20 * MILLION,
    "GIF": 20 * MILLION,
    "BMP": 20 * MILLION,
    "TIFF": 20 * MILLION,
    "WEBP": 12.6 * MILLION,
    "AVIF": 12.6 * MILLION,
}
"""By format, since a JPEG can be decoded at an eighth of its size and the others only in full."""
PHOTO_SIDES = (320, 256, 192, 128, 96)
LOGO_BOX = (600, 180)
QUALITIES = (86, 80, 72, 64, 54, 44)
ACTIVE = (b"<script", b"<html", b"<!doctype", b"<iframe", b"<?php", b"javascript:")
"""What makes a program of a file that somebody might open as something else than a picture."""
LIGHT_CARD, DARK_CARD = 1.0, 0.013
"""How light the page's header is: relative luminance of --card in static/css/portal.css."""


class Refused(Exception):
    """One of the reasons of ``pictures.Reason``."""


def main() -> None:
    warnings.simplefilter("ignore")
    order = json.loads(sys.argv[1])
    try:
        answer, content = drawn(sys.stdin.buffer.read(), order["kind"], order["crop"])
    except Refused as refused:
        answer, content = {"refused": str(refused)}, b""
    except MemoryError:
        answer, content = {"refused": "too_many_pixels"}, b""
    except Exception:  # noqa: BLE001 - whatever a decoder stumbles over is the file's fault
        answer, content = {"refused": "broken"}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)


def drawn(content: bytes, kind: str, crop: list[float] | None) -> tuple[dict[str, Any], bytes]:
    refuse_disguises(content)
    image = opened(content)
    if kind == "photo":
        image = photo_of(image, crop)
        encoded, content_type, size = smallest_photo(image)
        return described(content_type, size, "any"), encoded
    image = logo_of(image, crop)
    encoded, content_type, size = smallest_logo(image)
    return described(content_type, size, ground_for(image)), encoded


def described(content_type: str, size: tuple[int, int], ground: str) -> dict[str, Any]:
    return {"content_type": content_type, "width": size[0], "height": size[1], "ground": ground}


def refuse_disguises(content: bytes) -> None:
    """Files that are pictures to one program and something else to another; drawings that are programs."""
    folded = content.lower()
    beginning = folded[:4096].lstrip(b"\xef\xbb\xbf\x00 \t\r\n")
    if beginning.startswith((b"<svg", b"<?xml")) or (beginning.startswith(b"<!") and b"<svg" in beginning):
        raise Refused("svg")
    is_archive = b"pk\x05\x06" in folded[-65_558:]
    is_document = b"%pdf-" in folded[:1024]
    if is_archive or is_document or any(mark in folded for mark in ACTIVE):
        raise Refused("disguised")


def opened(content: bytes) -> Image.Image:
    """The picture with nothing decoded yet but its size."""
    Image.MAX_IMAGE_PIXELS = None  # our own limits are lower
    try:
        image = Image.open(BytesIO(content), formats=["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
    except UnidentifiedImageError:
        raise Refused("unknown") from None
    if image.width * image.height > MOST_PIXELS[image.format or ""]:
        raise Refused("too_many_pixels")
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise Refused("animated")
    return image


def photo_of(image: Image.Image, crop: list[float] | None) -> Image.Image:
    """A square, without anything to see through."""
    draft(image, crop, (PHOTO_SIDES[0], PHOTO_SIDES[0]))
    image = upright(image)
    box = squared(box_of(image, crop))
    side = min(PHOTO_SIDES[0], max(1, round(box[2] - box[0])))
    image = in_srgb(scaled(image, box, (side, side)))
    if image.mode == "RGBA":
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return bare(image, "RGB")


def logo_of(image: Image.Image, crop: list[float] | None) -> Image.Image:
    """The logo in its own shape, no larger than the box."""
    draft(image, crop, LOGO_BOX)
    image = upright(image)
    box = box_of(image, crop)
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(1.0, LOGO_BOX[0] / width, LOGO_BOX[1] / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = in_srgb(scaled(image, box, size))
    return bare(image, image.mode)


def draft(image: Image.Image, crop: list[float] | None, wanted: tuple[int, int]) -> None:
    """Lets a JPEG be decoded at a fraction of its size, where that is still twice what is wanted."""
    part = min(crop[2], crop[3]) if crop else 1.0
    side = round(2 * max(wanted) / max(part, 0.01))
    image.draft(None, (side, side))


def upright(image: Image.Image) -> Image.Image:
    """Decoded, in a mode of eight bits a channel, and turned as the camera was held."""
    image.load()
    profile = image.info.get("icc_profile")
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, SyntaxError):
        image = ImageOps.exif_transpose(image)
    plain = in_eight_bits(image)
    plain.info["icc_profile"] = profile
    return plain


def in_eight_bits(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "RGBA", "CMYK", "L"):
        return image.convert("RGBA") if image.has_transparency_data else image
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def box_of(image: Image.Image, crop: list[float] | None) -> tuple[float, float, float, float]:
    """The part to keep, in pixels: at least one, at most all of them."""
    left, top, width, height = crop or (0.0, 0.0, 1.0, 1.0)
    x = min(left * image.width, image.width - 1)
    y = min(top * image.height, image.height - 1)
    right = min(max(x + width * image.width, x + 1), image.width)
    bottom = min(max(y + height * image.height, y + 1), image.height)
    return x, y, right, bottom


def squared(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The largest square in the middle of the box."""
    left, top, right, bottom = box
    side = min(right - left, bottom - top)
    x, y = (left + right - side) / 2, (top + bottom - side) / 2
    return x, y, x + side, y + side


def scaled(image: Image.Image, box: tuple[float, float, float, float], size: tuple[int, int]) -> Image.Image:
    profile = image.info.get("icc_profile")
    small = image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    small.info["icc_profile"] = profile
    return small


def in_srgb(image: Image.Image) -> Image.Image:
    """With the colours that its profile means; without one, or with a broken one, as they are."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            embedded = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, embedded, srgb, outputMode=mode) or image
    return image.convert(mode)


def bare(image: Image.Image, mode: str) -> Image.Image:
    """The pixels alone: a new image knows no place, camera, thumbnail or profile."""
    image = image.convert(mode)
    clean = Image.new(mode, image.size)
    clean.paste(image)
    return clean


def smallest_photo(image: Image.Image) -> tuple[bytes, str, tuple[int, int]]:
    """As good as it can be in the bytes there are: quality goes first, then size."""
    for side in PHOTO_SIDES:
        small = image if image.width <= side else image.resize((side, side), Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            content = encoded(small, "WEBP", quality=quality, method=5)
            if len(content) <= MOST_BYTES:
                return content, "image/webp", small.size
    raise Refused("too_large")


def smallest_logo(image: Image.Image) -> tuple[bytes, str, tuple[int, int]]:
    """Sharp first: PNG, then WebP without loss, with a little, and then smaller."""
    for share in (1.0, 0.75, 0.5, 0.3):
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        small = image if share == 1.0 else image.resize(size, Image.Resampling.LANCZOS)
        for content, content_type in attempts(small):
            if len(content) <= MOST_BYTES:
                return content, content_type, small.size
    raise Refused("too_large")


def attempts(image: Image.Image) -> Any:
    yield encoded(image, "PNG", optimize=True), "image/png"
    yield encoded(image, "WEBP", lossless=True, method=5), "image/webp"
    for quality in QUALITIES:
        yield encoded(image, "WEBP", quality=quality, method=5), "image/webp"


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def ground_for(image: Image.Image) -> str:
    """What a logo with see-through parts must stand on to be seen by day and by night."""
    if image.mode != "RGBA" or min(image.getchannel("A").tobytes()) > 200:
        return "any"
    small = image.resize((min(image.width, 120), min(image.height, 60)), Image.Resampling.BOX)
    data = small.tobytes()
    pixels = [data[start : start + 4] for start in range(0, len(data), 4)]
    seen = [light_of(pixel) for pixel in pixels if pixel[3] > 100]
    if not seen:
        return "any"
    lost_by_night = sum(ratio(light, DARK_CARD) < 1.9 for light in seen) / len(seen)
    lost_by_day = sum(ratio(light, LIGHT_CARD) < 1.5 for light in seen) / len(seen)
    if lost_by_day > 0.5:
        return "dark"
    return "light" if lost_by_night > 0.08 else "any"


def light_of(pixel: bytes) -> float:
    red, green, blue = ((channel / 255) ** 2.2 for channel in pixel[:3])
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


if __name__ == "__main__":
    main()
