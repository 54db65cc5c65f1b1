"""The storage shim comes before all scripts of a page and leaves the rest as it is."""

from __future__ import annotations

import pytest

from glacia_ui.errors import NotFoundError
from glacia_ui.web.preview_page import missing_page, with_shim


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<!doctype html><html lang=en><head>", b"<script>first()</script></head>"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<html>\n<HEAD data-x='1'>", b"<title>x</title>"),
        (b"<!doctype html>\n<!-- <head> is a trap -->\n<html>\n<!-- two -->\n<head>", b"<script>first()</script>"),
        (b"<!doctype html>", b"<script>first()</script><html><head></head>"),
        (b"<html>", b"<header>no head here</header>"),
        (b"", b"<script>first()</script>"),
        (b"", b"plain words"),
        (b"", b""),
    ],
)
def test_the_shim_is_first(before: bytes, after: bytes) -> None:
    page = with_shim(before + after)
    assert page.startswith(before + b"<script>")
    assert page.endswith(b"</script>" + after)
    assert page.count(b"localStorage") > 0


def test_a_missing_page_says_which_and_escapes_it() -> None:
    page = missing_page("<script>x</script>.html", NotFoundError(code="file_not_found")).decode()
    assert "&lt;script&gt;x" in page
    assert "<script>" not in page


def test_a_missing_start_page_says_so() -> None:
    assert "index.html" in missing_page("", NotFoundError(code="file_not_found")).decode()


def test_an_expired_link_says_so() -> None:
    assert "expired" in missing_page("", NotFoundError(code="preview_expired")).decode()
