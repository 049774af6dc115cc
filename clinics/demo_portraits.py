"""Portraits of the demo's practitioners: drawn, since the people are invented."""

from io import BytesIO
from zlib import crc32

from PIL import Image, ImageDraw, ImageFilter

SIDE = 320
LARGEST = 25 * 1024
_FINER = 3
"""Drawn so many times as large, and made smaller for smooth edges."""
_BACKS = [("#cfe5e3", "#8fc1bd"), ("#f3dfc8", "#dcb68a"), ("#dcdcf0", "#a9abd6"), ("#dbe9cf", "#a8c78f")]
_SKINS = ["#f2cfb4", "#e3b491", "#c98f68", "#8d5a3c"]
_HAIRS = ["#3b2a20", "#5b5b60", "#6b4429", "#c9a15a", "#a6452d"]
"""The last two only with the two lighter skins."""
_COATS = ["#ffffff", "#dff1ef", "#e4ecf7", "#2f6f78"]


def portrait(name: str) -> bytes:
    """A JPEG of nobody in particular, always the same for the same name; at most LARGEST bytes."""
    seed = crc32(name.encode())
    light, dark = _BACKS[seed % len(_BACKS)]
    skin = seed // 7 % len(_SKINS)
    hairs = _HAIRS if skin < 2 else _HAIRS[:-2]
    size = SIDE * _FINER
    picture = background(size, light, dark)
    draw_person(
        ImageDraw.Draw(picture),
        size,
        skin=_SKINS[skin],
        hair=hairs[seed // 31 % len(hairs)],
        coat=_COATS[seed // 101 % len(_COATS)],
        is_long=bool(seed // 211 % 2),
    )
    smaller = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return as_jpeg(smaller)


def background(size: int, light: str, dark: str) -> Image.Image:
    """From the lighter colour above to the darker one below."""
    mask = Image.linear_gradient("L").resize((size, size))
    return Image.composite(
        Image.new("RGB", (size, size), dark), Image.new("RGB", (size, size), light), mask
    ).filter(ImageFilter.GaussianBlur(2))


def draw_person(
    draw: ImageDraw.ImageDraw, size: int, *, skin: str, hair: str, coat: str, is_long: bool
) -> None:
    """Head and shoulders, from back to front."""

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (left * size, top * size, right * size, bottom * size)

    if is_long:
        draw.rounded_rectangle(box(0.27, 0.2, 0.73, 0.74), radius=0.22 * size, fill=hair)
    draw.ellipse(box(0.13, 0.68, 0.87, 1.45), fill=coat)
    draw.rounded_rectangle(box(0.42, 0.52, 0.58, 0.78), radius=0.08 * size, fill=skin)
    draw.polygon([(0.4 * size, 0.7 * size), (0.6 * size, 0.7 * size), (0.5 * size, 0.84 * size)], fill=skin)
    draw.ellipse(box(0.32, 0.2, 0.68, 0.63), fill=skin)
    draw.chord(box(0.305, 0.15, 0.695, 0.6), 172, 338, fill=hair)
    if is_long:
        draw.chord(box(0.295, 0.16, 0.705, 0.62), 250, 10, fill=hair)
    draw.arc(box(0.43, 0.44, 0.57, 0.55), 30, 150, fill="#7a4a3a", width=size // 90)


def as_jpeg(picture: Image.Image) -> bytes:
    stored = BytesIO()
    picture.save(stored, "JPEG", quality=86, optimize=True)
    return stored.getvalue()
