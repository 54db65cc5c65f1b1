"""Our scripts come before all scripts of a page and leave the rest as it is."""

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


def test_the_page_keeps_its_lines() -> None:
    """So that the line of an error is the line in the file. A comment behind code would swallow what follows."""
    page = with_shim(b"<head>\n<p>")
    script, _, _ = page.removeprefix(b"<head>").partition(b"</script>")
    assert b"\n" not in script
    assert b" // " not in script
    assert page.endswith(b"</script>\n<p>")


@pytest.mark.parametrize(
    ("written", "served"),
    [
        (b"<script src=a.js>", b"<script crossorigin src=a.js>"),
        (b"<SCRIPT defer\n SRC = 'a.js'>", b"<script crossorigin defer\n SRC = 'a.js'>"),
        (b"<script type=module src=a.js>", b"<script crossorigin type=module src=a.js>"),
        (b"<script src=a.js crossorigin=anonymous>", b"<script src=a.js crossorigin=anonymous>"),
        (b"<link href=a.css rel='stylesheet'>", b"<link crossorigin href=a.css rel='stylesheet'>"),
        (b"<link rel=StyleSheet href=a.css>", b"<link crossorigin rel=StyleSheet href=a.css>"),
        (b"<link rel=icon href=a.svg>", b"<link rel=icon href=a.svg>"),
        (b"<script>let src = 1;", b"<script>let src = 1;"),
        (b"<script data-src=a.js>", b"<script data-src=a.js>"),
        (b"<script-list src=a.js>", b"<script-list src=a.js>"),
        (b"<p>scripts src=a.js", b"<p>scripts src=a.js"),
    ],
)
def test_files_are_asked_for_so_that_their_errors_can_be_read(written: bytes, served: bytes) -> None:
    assert with_shim(written).endswith(b"</script>" + served)


def test_a_missing_page_says_which_and_escapes_it() -> None:
    page = missing_page("<script>x</script>.html", NotFoundError(code="file_not_found")).decode()
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page
    assert page.startswith('<!doctype html>\n<html lang="en">\n<head><script data-missing>')


def test_a_missing_start_page_says_so() -> None:
    assert "index.html" in missing_page("", NotFoundError(code="file_not_found")).decode()


def test_an_expired_link_says_so() -> None:
    page = missing_page("", NotFoundError(code="preview_expired")).decode()
    assert "expired" in page
    assert "<script" not in page
