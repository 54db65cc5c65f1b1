"""Pictures and texts go with a request: picked, pasted, dropped, taken away; kept over a reload, seen in the bubble."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from glacia_ui.core.texts import text
from tests.support.visitor import PATIENCE_MS, Visitor, composer

SPEED = 50.0


def _png(colour: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (300, 200), colour).save(target, "PNG")
    return target.getvalue()


def _give(page: Page, kind: str, name: str, content: bytes, media_type: str) -> None:
    """Paste or drop a file, as the browser hands it over."""
    page.evaluate(
        """([kind, name, content, type]) => {
          const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], name, { type }));
          const init = { bubbles: true, cancelable: true };
          const event = kind === 'paste'
            ? new ClipboardEvent('paste', { ...init, clipboardData: data })
            : new DragEvent('drop', { ...init, dataTransfer: data });
          document.querySelector(kind === 'paste' ? '.gl-composer textarea' : '.gl-log').dispatchEvent(event);
        }""",
        [kind, name, b64encode(content).decode(), media_type],
    )


def _is_shown(page: Page, place: str) -> list[bool]:
    pictures = page.locator(f"{place} img")
    return [
        bool(each.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")) for each in pictures.all()
    ]


def test_files_are_picked_pasted_dropped_taken_away_and_sent(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    here = page.locator(".gl-composer .gl-clips li")
    page.locator(".gl-attached input[type=file]").set_input_files(
        [
            {"name": "logo.png", "mimeType": "image/png", "buffer": _png("teal")},
            {"name": "prices.txt", "mimeType": "text/plain", "buffer": b"Bread 3.20"},
        ]
    )
    expect(here).to_have_count(2)
    _give(page, "paste", "sketch.png", _png("red"), "image/png")
    expect(here).to_have_count(3)
    _give(page, "drop", "hours.md", b"Monday closed", "text/markdown")
    expect(page.locator(".gl-composer .gl-clips .gl-spin")).to_have_count(0, timeout=PATIENCE_MS)
    expect(here).to_have_count(4)
    composer(page).fill("a landing page for a bakery")
    page.reload()
    expect(here).to_have_count(4, timeout=PATIENCE_MS)
    assert _is_shown(page, ".gl-composer") == [True, True]
    page.get_by_role("button", name="Remove sketch.png").press("Enter")
    expect(here).to_have_count(3)
    expect(page.get_by_role("button", name="Attach")).to_be_focused()

    composer(page).press("Enter")
    expect(composer(page)).to_have_value("", timeout=PATIENCE_MS)
    expect(here).to_have_count(0)
    page.reload()
    expect(page.locator(".gl-user .gl-clips li")).to_have_count(3, timeout=PATIENCE_MS)
    assert _is_shown(page, ".gl-user") == [True]
    expect(page.locator(".gl-user .gl-clip")).to_have_text(["prices.txt", "hours.md"])
    expect(page.locator(".gl-prose").first).to_contain_text("I cannot look at pictures")
    expect(here).to_have_count(0)

    page.get_by_role("button", name="Edit and send again").click()
    expect(here).to_have_count(3)


def test_what_cannot_be_attached_is_said_and_costs_no_text(visitor: Visitor) -> None:
    page = visitor.open(visitor.new_project())
    composer(page).fill("a page")
    say = page.locator(".gl-attached").get_by_role("alert")
    _give(page, "paste", "fake.png", b"<svg/>", "image/png")
    expect(say).to_have_text(f"fake.png: {text('errors.picture_unreadable')}")
    _give(page, "drop", "huge.png", b"x" * (5 * 1024 * 1024 + 1), "image/png")
    expect(say).to_have_text("huge.png is too large to attach: 5 MB at most.")
    for number in range(6):
        _give(page, "drop", f"{number}.txt", b"text", "text/plain")
    expect(say).to_have_text("5 files can go with one request.")
    expect(page.locator(".gl-composer .gl-clips li")).to_have_count(5)
    expect(composer(page)).to_have_value("a page")


def test_what_the_server_has_no_longer_is_not_sent(visitor: Visitor) -> None:
    project = visitor.new_project()
    page = visitor.open(project)
    here = page.locator(".gl-composer .gl-clips li")
    for name in ("kept.txt", "gone.txt"):
        _give(page, "paste", name, b"text", "text/plain")
    expect(page.locator(".gl-composer .gl-clips a")).to_have_count(2, timeout=PATIENCE_MS)
    gone = here.filter(has_text="gone.txt").locator("a").get_attribute("href")
    assert gone is not None
    visitor.ask("DELETE", gone.removeprefix("/page/v1"))

    composer(page).fill("a landing page for a bakery")
    composer(page).press("Enter")
    expect(page.locator(".gl-refusal")).to_contain_text("A file that you attached is not here any more.")
    expect(here).to_have_count(1)
    expect(composer(page)).to_have_value("a landing page for a bakery")
    composer(page).press("Enter")
    expect(page.locator(".gl-user .gl-clip")).to_have_text(["kept.txt"], timeout=PATIENCE_MS)
