"""A previewed page in a real browser: its own files work, and nothing of the app can be reached from it."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, async_playwright
from starlette.responses import HTMLResponse

from glacia_ui.core.events import Event
from glacia_ui.db.transport import Transport
from glacia_ui.identity import Identity
from glacia_ui.web.app import create_app
from tests.support.browser import QUIET, find_chromium
from tests.support.web import COOKIE, OPTIONS, Writer, make_services, serving, sign_up

PAGE = """<!doctype html>
<html><head><link rel="stylesheet" href="css/style.css">
<script>
const seen = {};
const attempt = async (name, action) => {
  try { seen[name] = await action(); } catch (error) { seen[name] = 'refused'; }
};
</script>
<script type="module">
import { answer } from './js/module.js';
const reply = async (address, options) => { const r = await fetch(address, options); return `${r.type} ${r.status}`; };
await attempt('module', () => answer);
await attempt('data', async () => (await (await fetch('data.json')).json()).value);
await attempt('style', () => getComputedStyle(document.body).color);
await attempt('storage', () => {
  localStorage.setItem('a', '1'); localStorage.b = 2; sessionStorage.setItem('c', 3);
  return JSON.stringify({ ...localStorage }) + localStorage.length + sessionStorage.getItem('c') + localStorage.none;
});
await attempt('cookie', () => { document.cookie = 'a=1; path=/'; return document.cookie; });
await attempt('api', () => reply('/api/v1/me', { credentials: 'include' }));
await attempt('page', () => reply('/page/v1/projects', { credentials: 'include' }));
await attempt('blind post', () => reply('/guest', { method: 'POST', mode: 'no-cors', credentials: 'include' }));
await attempt('beacon', () => (navigator.sendBeacon('/guest', 'x') ? 'queued' : 'refused'));
await attempt('elsewhere', () => reply('https://evil.example/'));
await attempt('parent', () => window.parent.document.title);
await attempt('top', () => { window.top.location = 'about:blank'; return 'left'; });
await attempt('frame', () => new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.src = '/sign-in';
  frame.onload = () => { try { done(frame.contentDocument ? 'empty' : 'refused'); } catch { done('refused'); } };
  document.body.append(frame);
}));
await attempt('picture', () => new Promise((done) => {
  const picture = new Image();
  picture.onload = () => done('loaded');
  picture.onerror = () => done('refused');
  picture.src = '/favicon.svg';
}));
window.parent.postMessage(JSON.stringify(seen), '*');
</script></head><body>hello</body></html>
"""
FILES = {
    "index.html": PAGE,
    "css/style.css": "body { color: rgb(1, 2, 3); }",
    "js/module.js": "import { value } from './inner.js'; export const answer = value + 1;",
    "js/inner.js": "export const value = 41;",
    "data.json": '{"value": "yes"}',
}
WORKS = {
    "module": 42,
    "data": "yes",
    "style": "rgb(1, 2, 3)",
    "storage": '{"a":"1","b":"2"}23undefined',
    "cookie": "a=1",
}
REFUSED = {"api", "page", "blind post", "elsewhere", "parent", "top", "frame", "picture"}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, *sandbox])
        yield launched
        await launched.close()


async def _preview(app: FastAPI, transport: Transport) -> tuple[str, str]:
    """A session, and the address of a version with these files."""
    me = await sign_up(app)
    project_id = (await me.post("/api/v1/projects", json={"name": "x"})).json()["id"]
    await me.post(f"/api/v1/projects/{project_id}/generations", json={"prompt": "a page"})
    writer = Writer(transport)
    claimed = await writer.claim(UUID(project_id))
    await writer.finish(claimed, FILES, [Event(seq=1, type="done", data={"outcome": "committed", "card": None})])
    link = (await me.get(f"/api/v1/projects/{project_id}/preview")).json()["url"]
    return me.headers["Authorization"].removeprefix("Bearer "), link


async def test_a_previewed_page_works_and_reaches_nothing(
    transport: Transport, identity: Identity, browser: Browser
) -> None:
    app = create_app(
        make_services(transport, identity), OPTIONS, lambda app: app.mount("/", HTMLResponse("<p>the app</p>"))
    )
    token, link = await _preview(app, transport)
    async with serving(app) as url:
        context = await browser.new_context()
        await context.add_cookies([{"name": COOKIE, "value": token, "url": url, "sameSite": "Lax"}])
        page = await context.new_page()
        asked: list[tuple[str, int]] = []
        page.on("response", lambda answer: asked.append((answer.url.removeprefix(url), answer.status)))
        await page.goto(f"{url}/")
        seen = json.loads(await page.evaluate(_FRAME, link))
        assert {name: seen[name] for name in WORKS} == WORKS
        assert {name for name, result in seen.items() if result == "refused"} >= REFUSED
        # Nothing but the preview's own files was even asked for.
        outside = [found for found in asked if not found[0].startswith(link) and found[0] not in ("/", "/favicon.ico")]
        assert outside == []
        assert page.url == f"{url}/"


_FRAME: Any = """(address) => new Promise((done) => {
  addEventListener('message', (event) => {
    if (event.origin === 'null' && typeof event.data === 'string') done(event.data);
  });
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts allow-forms allow-modals');
  frame.src = address;
  document.body.append(frame);
  setTimeout(() => done('{"nothing": "came"}'), 20000);
})"""
