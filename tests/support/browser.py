"""A real Chromium for tests. Playwright drives it; the browser itself is the machine's own (`CHROMIUM` or on PATH)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
"""Without these Chromium speaks to the outside by itself, and a test could not tell who did."""


def find_chromium() -> str:
    """Its path. A test that needs a browser and has none fails: skipped, nobody would notice."""
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail("Chromium is missing: install it (Debian, Ubuntu: apt install chromium) or set CHROMIUM.", False)
    return found


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser for synchronous tests; to be closed before a test with an event loop runs, so at most per module."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *sandbox])
        try:
            yield browser
        finally:
            browser.close()
