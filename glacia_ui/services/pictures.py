"""Reads what people attach: a picture is decoded and written anew, a text is decoded. Nothing else gets through.

The one place that knows Pillow. What comes out holds the pixels and nothing more: no EXIF (where a photo was taken), no
comments, no colour profile, no second frame, no bytes behind the end. Slow: call it in a thread.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageOps

from glacia_ui.core.attachments import MAX_TEXT_CHARACTERS
from glacia_ui.errors import ValidationError

MAX_PIXELS = 40_000_000
"""Looked up in the head of the file, before anything is decoded: a file of a few kilobytes can hold gigabytes."""
LONGEST_SIDE = 1568
"""Pixels; a model looks at larger pictures scaled down to this."""
_SCALABLE = ("RGB", "RGBA", "L", "CMYK")
"""Modes that are scaled as they are; others have no colours in between, or no filter."""
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""What Pillow's decoders raise for a broken file, and nothing else in 280,000 mutilated ones. The rest is ours."""
_PICTURE_NAME = re.compile(r"\.(png|jpe?g|jfif|webp|gif)$", re.IGNORECASE)
_PICTURE_TYPE = re.compile(r"image/(png|jpeg|jpg|webp|gif)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_STRIP = 64
"""Rows of the reduced picture that are made at once."""
_PNG_BYTES = 1_500_000
"""An opaque picture whose PNG is larger is a photo, and kept as a JPEG."""
_MOST_BYTES = 3_700_000
"""Of any picture: in base64 that is the 5 MB which the Messages API takes."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is kept of an upload. Width and height in pixels, of pictures only."""

    kind: Literal["image", "text"]
    media_type: str
    content: bytes
    width: int | None = None
    height: int | None = None


def prepare(data: bytes, name: str, media_type: str) -> Prepared:
    """Raises ValidationError: `attachment_empty`, `attachment_kind`, `picture_unreadable`, `picture_too_many_pixels`,
    `text_too_long`. What it is decided by its bytes; name and type only say what it was meant to be.
    """
    if not data:
        raise ValidationError(code="attachment_empty")
    if data.startswith(_BEGINNINGS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return _picture(data)
    if _PICTURE_NAME.search(name) or _PICTURE_TYPE.match(media_type):
        raise ValidationError(code="picture_unreadable")
    return _text(data)


def _text(data: bytes) -> Prepared:
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(code="attachment_kind") from error
    if _CONTROL.search(text):
        raise ValidationError(code="attachment_kind")
    if not text.strip():
        raise ValidationError(code="attachment_empty")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise ValidationError(code="text_too_long", params={"limit": MAX_TEXT_CHARACTERS})
    return Prepared("text", "text/plain", text.replace("\r\n", "\n").encode())


def _picture(data: bytes) -> Prepared:
    try:
        image, was_photo = _decoded(data)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _UNREADABLE as error:
        raise ValidationError(type(error).__name__, code="picture_unreadable") from error
    media_type, content = _encoded(image, was_photo)
    return Prepared("image", media_type, content, *image.size)


def _decoded(data: bytes) -> tuple[Image.Image, bool]:
    """(upright, small enough, RGB or RGBA, nothing but pixels; whether it was a JPEG)."""
    with Image.open(BytesIO(data), formats=_FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise _too_many_pixels()
        was_photo = opened.format == "JPEG"
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        image = _reduced(opened if opened.mode in _SCALABLE else _in_colour(opened))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    image = _in_colour(ImageOps.exif_transpose(image))
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    return clean, was_photo


def _reduced(image: Image.Image) -> Image.Image:
    """By a whole number, to no less than `LONGEST_SIDE`: in strips, for Pillow's ways to do it copy a large picture."""
    factor = max(image.size) // LONGEST_SIDE
    if factor < 2:
        return image.copy()
    small = Image.new(image.mode, (-(-image.width // factor), -(-image.height // factor)))
    small.info.update(image.info)  # it knows which way is up
    for top in range(0, image.height, _STRIP * factor):
        strip = image.crop((0, top, image.width, min(image.height, top + _STRIP * factor)))
        small.paste(strip.reduce(factor), (0, top // factor))
    return small


def _in_colour(image: Image.Image) -> Image.Image:
    """8 bits a channel, with an alpha channel only where something is transparent."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        is_opaque = image.getchannel("A").getextrema() == (255, 255)
        return image.convert("RGB") if is_opaque else image
    return image.convert("RGB")


def _encoded(image: Image.Image, was_photo: bool) -> tuple[str, bytes]:
    if not was_photo:
        content = _saved(image, "PNG")
        if len(content) <= (_MOST_BYTES if image.mode == "RGBA" else _PNG_BYTES):
            return "image/png", content
    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    return "image/jpeg", _saved(image, "JPEG")


def _saved(image: Image.Image, kind: str) -> bytes:
    target = BytesIO()
    image.save(target, kind, optimize=True, **({"quality": 88} if kind == "JPEG" else {}))
    return target.getvalue()


def _too_many_pixels() -> ValidationError:
    return ValidationError(code="picture_too_many_pixels", params={"limit": MAX_PIXELS // 1_000_000})
