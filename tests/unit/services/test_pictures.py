"""Uploads, from good to hostile: what is kept is pixels or text, and what cannot be read is refused in a sentence."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from PIL import Image

from glacia_ui.core.texts import text
from glacia_ui.errors import ValidationError
from glacia_ui.services.pictures import LONGEST_SIDE, prepare

GPS, ORIENTATION = 0x8825, 0x0112


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def reread(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def refused(data: bytes, name: str = "x", media_type: str = "") -> str:
    with pytest.raises(ValidationError) as refusal:
        prepare(data, name, media_type)
    assert text(f"errors.{refusal.value.code}", **refusal.value.params)
    return refusal.value.code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_each_kind_of_picture_is_written_anew(kind: str, mode: str) -> None:
    image = Image.new("RGB", (60, 40), "red").convert(mode)
    prepared = prepare(saved(image.convert("RGB") if kind == "JPEG" and mode == "P" else image, kind), "a", "")
    assert (prepared.kind, prepared.width, prepared.height) == ("image", 60, 40)
    assert prepared.media_type == ("image/jpeg" if kind == "JPEG" else "image/png")
    again = reread(prepared.content)
    assert (again.size, again.mode) == ((60, 40), "RGB")
    colour = again.getpixel((30, 20))
    expected = image.convert("RGB").getpixel((30, 20))
    assert isinstance(colour, tuple)
    assert isinstance(expected, tuple)
    assert all(abs(a - b) <= 6 for a, b in zip(colour, expected, strict=True))


@pytest.mark.parametrize("mode", ["RGB", "P"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_stand_upright_too(kind: str, mode: str) -> None:
    picture = Image.new("RGB", (80, 40), "white")
    picture.paste("red", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[ORIENTATION] = 8  # to be turned by 90° anticlockwise
    prepared = prepare(saved(picture.convert(mode), kind, exif=exif), "a", "")
    assert (prepared.width, prepared.height) == (40, 80)
    again = reread(prepared.content)
    assert dict(again.getexif()) == {}
    assert again.getpixel((20, 70)) == pytest.approx((255, 0, 0), abs=12)  # what was left is below


def test_a_photo_stands_upright_and_tells_nothing_of_where_it_was_taken() -> None:
    photo = Image.new("RGB", (80, 40), "white")
    photo.paste("red", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned by 90° clockwise
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    exif[0x010F] = "SecretCamera"
    data = saved(photo, "JPEG", exif=exif, comment=b"secret comment")
    assert b"SecretCamera" in data

    prepared = prepare(data, "photo.jpg", "image/jpeg")

    assert (prepared.width, prepared.height) == (40, 80)
    again = reread(prepared.content)
    assert dict(again.getexif()) == {}
    assert not {"exif", "comment", "xmp", "icc_profile"} & set(again.info)
    assert b"Exif" not in prepared.content
    assert b"ecret" not in prepared.content
    assert again.getpixel((20, 10)) == pytest.approx((254, 0, 0), abs=12)  # what was left is above
    assert again.getpixel((20, 70)) == pytest.approx((255, 255, 255), abs=12)


def test_a_png_loses_its_texts_and_what_hangs_behind_it() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "secret person")
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    data = saved(Image.new("RGBA", (9, 9), (1, 2, 3, 128)), "PNG", pnginfo=info, exif=exif) + b"<script>secret"
    prepared = prepare(data, "a.png", "image/png")
    assert b"secret" not in prepared.content
    assert dict(reread(prepared.content).getexif()) == {}
    assert reread(prepared.content).getpixel((4, 4)) == (1, 2, 3, 128)


def test_a_large_picture_is_made_smaller_and_a_transparent_one_stays_so() -> None:
    prepared = prepare(saved(Image.new("RGBA", (3000, 1500), (0, 0, 0, 0)), "PNG"), "a.png", "")
    assert (prepared.width, prepared.height, prepared.media_type) == (LONGEST_SIDE, LONGEST_SIDE // 2, "image/png")
    assert reread(prepared.content).mode == "RGBA"


def test_noise_is_kept_as_a_photo() -> None:
    noise = Image.effect_noise((1200, 1200), 90).convert("RGB")
    prepared = prepare(saved(noise, "PNG"), "a.png", "")
    assert prepared.media_type == "image/jpeg"
    assert len(prepared.content) < 3_700_000


def test_cmyk_and_sixteen_bits_and_palettes_come_out_in_plain_colours() -> None:
    cmyk = prepare(saved(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG"), "a.jpg", "")
    assert reread(cmyk.content).getpixel((9, 9)) == pytest.approx((254, 0, 0), abs=20)
    grey = prepare(saved(Image.new("I;16", (20, 20), 0x8080), "PNG"), "a.png", "")
    assert reread(grey.content).getpixel((9, 9)) == (128, 128, 128)
    palette = Image.new("P", (20, 20), 1)
    palette.putpalette([0, 0, 0, 10, 200, 30])
    palette.info["transparency"] = 0
    assert reread(prepare(saved(palette, "PNG"), "a.png", "").content).getpixel((9, 9)) == (10, 200, 30)


def test_of_an_animation_the_first_picture_is_kept() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50, loop=0)
    prepared = prepare(data, "a.gif", "image/gif")
    assert prepared.media_type == "image/png"
    again = reread(prepared.content)
    assert getattr(again, "n_frames", 1) == 1
    assert again.getpixel((4, 4)) == (255, 0, 0)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(7000, 6000), (50_000, 50_000), (2**31 - 1, 2**31 - 1), (40_000_001, 1)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    assert refused(bomb(*size)) in ("picture_too_many_pixels", "picture_unreadable")
    assert refused(bomb(7000, 6000)) == "picture_too_many_pixels"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_mutilated_file_is_a_picture_or_refused_and_nothing_else(kind: str) -> None:
    random = Random(7)
    whole = saved(Image.radial_gradient("L").resize((90, 60)).convert("RGB"), kind)
    unreadable = 0
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(random.choice((1, 2, 5, 20))):
            data[random.randrange(12, len(data))] = random.randrange(256)
        try:
            assert prepare(bytes(data), "a", "").kind == "image"
        except ValidationError as refusal:
            unreadable += refusal.code == "picture_unreadable"
    assert unreadable > 20


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_file_that_was_cut_off_is_refused(kind: str, share: float) -> None:
    whole = saved(Image.effect_noise((300, 300), 80).convert("RGB"), kind)
    assert refused(whole[: max(12, int(len(whole) * share))], "a.png") == "picture_unreadable"


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.png", ""),
        (b"<!doctype html><script>alert(1)</script>", "a.png", "image/png"),
        (b"<!doctype html>", "photo", "image/jpeg"),
        (b"MZ\x90\x00", "a.gif", ""),
        (b"\x89PNG\r\n\x1a\n<svg/>", "a.png", ""),
        (b"\xff\xd8\xff\xe0" + bytes(50), "a.jpg", ""),
        (b"RIFF\x00\x00\x00\x00WEBP", "a.webp", ""),
    ],
)
def test_what_only_says_that_it_is_a_picture_is_refused(data: bytes, name: str, media_type: str) -> None:
    assert refused(data, name, media_type) == "picture_unreadable"


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ("Grüße\r\nzwei".encode(), "Grüße\nzwei"),
        ("\ufeffbom".encode(), "bom"),
        ("wide ö".encode("utf-16"), "wide ö"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
)
def test_a_text_is_kept_as_text_whatever_is_in_it(data: bytes, kept: str) -> None:
    prepared = prepare(data, "a.svg", "image/svg+xml")
    assert (prepared.kind, prepared.media_type, prepared.content) == ("text", "text/plain", kept.encode())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "attachment_empty"),
        (b" \n ", "attachment_empty"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "attachment_kind"),
        (b"PK\x03\x04\x14\x00", "attachment_kind"),
        (b"a\x00b", "attachment_kind"),
        (b"caf\xe9", "attachment_kind"),
        (b"x" * 100_001, "text_too_long"),
    ],
)
def test_what_is_neither_picture_nor_text_is_refused(data: bytes, code: str) -> None:
    assert refused(data, "notes.txt") == code


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_a_very_large_picture_is_reduced_without_seams(mode: str) -> None:
    """A gradient from top to bottom: every row is a little darker than the one above it."""
    large = Image.linear_gradient("L").resize((700, 5001)).convert("RGB")
    if mode == "RGBA":
        large.putalpha(Image.new("L", large.size, 200))
    if mode in ("L", "P"):
        large = large.convert(mode, palette=Image.Palette.ADAPTIVE)
    prepared = prepare(saved(large, "PNG"), "a.png", "")
    assert (prepared.width, prepared.height) == (pytest.approx(219, abs=1), LONGEST_SIDE)
    grey = reread(prepared.content).convert("L")
    tones = [grey.getpixel((100, row)) for row in range(0, LONGEST_SIDE, 7)]
    steps = [after - before for before, after in pairwise(tones) if isinstance(before, int) and isinstance(after, int)]
    assert len(steps) == 223
    assert all(-2 <= step <= 6 for step in steps)  # a strip in the wrong place would be a step of ten
    assert (tones[0], tones[-1]) == (pytest.approx(0, abs=4), pytest.approx(255, abs=4))
