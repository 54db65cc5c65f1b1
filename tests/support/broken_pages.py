"""Pages that go wrong in one way each, and pages that do not."""

from __future__ import annotations

from dataclasses import dataclass

OK = {"index.html": "<!doctype html><html lang=en><body><h1>Corner Bakery</h1></body></html>"}

Found = tuple[str, str, str | None, int | None]
"""(kind, message, file, line)."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Its files, what must be found, and what is to be clicked in it before."""

    files: dict[str, str]
    found: tuple[Found, ...]
    clicked: str | None = None


def page_with(body: str, head: str = "", **files: str) -> dict[str, str]:
    """A page whose body begins in line 4."""
    html = f"<!doctype html>\n<html lang=en><head>{head}</head>\n<body>\n{body}\n</body></html>"
    return {"index.html": html, **{name.replace("_", "."): text for name, text in files.items()}}


BROKEN = {
    "throws at load": Broken(
        page_with("<script>\nlet a;\na.b();</script>"),
        (("error", "TypeError: Cannot read properties of undefined (reading 'b')", "index.html", 6),),
    ),
    "throws in a file": Broken(
        page_with("<script src='script.js'></script>", script_js="let a = 1;\nmissing();"),
        (("error", "ReferenceError: missing is not defined", "script.js", 2),),
    ),
    "cannot be read as JavaScript": Broken(
        page_with("<script src=script.js></script>", script_js="let = ;"),
        (("error", "SyntaxError: Unexpected token ';'", "script.js", 1),),
    ),
    "throws on a click": Broken(
        page_with(
            "<button onclick='buy()'>Buy</button><script>function buy() {\n throw new Error('sold out') }</script>"
        ),
        (("error", "Error: sold out", "index.html", 5),),
        clicked="button",
    ),
    "rejects a promise": Broken(
        page_with("<script src=script.js></script>", script_js="\nPromise.reject(new RangeError('too far'));"),
        (("rejection", "RangeError: too far", "script.js", 2),),
    ),
    "rejects with something odd": Broken(
        page_with("<script>Promise.reject({ toString() { throw 1 } });</script>"), (("rejection", "", None, None),)
    ),
    "misses an image": Broken(page_with("<img src='img/a%20b.png?v=1'>"), (("missing", "", "img/a b.png", None),)),
    "misses a script": Broken(page_with("<script src=lost.js></script>"), (("missing", "", "lost.js", None),)),
    "misses what a module imports": Broken(
        page_with("<script type=module src=js/a.js></script>")
        | {"js/a.js": "import { b } from './b.js';", "js/b.js": "import '../lib/c.js'; export const b = 1;"},
        (("missing", "", "lib/c.js", None),),
    ),
    "imports from elsewhere": Broken(
        page_with("<script type=module src=a.js></script>", a_js="import x from 'https://cdn.example/x.js';"),
        (("outside", "", "https://cdn.example/x.js", None),),
    ),
    "misses a style sheet": Broken(
        page_with("", "<link rel=stylesheet href=lost.css>"), (("missing", "", "lost.css", None),)
    ),
    "misses a background": Broken(
        page_with("<p>x</p>", "<link rel=stylesheet href=css/a.css>")
        | {"css/a.css": "@media screen { p { background: url('../img/b.png') } }"},
        (("missing", "", "img/b.png", None),),
    ),
    "misses what an element names": Broken(
        page_with("<p style='background: url(c.png)'>x</p>"), (("missing", "", "c.png", None),)
    ),
    "misses an imported style sheet": Broken(
        page_with("", "<style>@import 'd.css'; p { background: url(data:image/png;base64,AA) }</style>"),
        (("missing", "", "d.css", None),),
    ),
    "misses data": Broken(page_with("<script>fetch('data.json')</script>"), (("missing", "", "data.json", None),)),
    "leads to a page that is not there": Broken(
        page_with("<a href=about.html>About</a>"), (("missing", "", "about.html", None),), clicked="a"
    ),
    "has a picture that is none": Broken(
        page_with("<img src=a.svg>", a_svg="no picture"), (("unreadable", "", "a.svg", None),)
    ),
    "asks for its style from the root": Broken(
        page_with("", "<link rel=stylesheet href=/style.css>", style_css="body {}"),
        (("outside", "", "/style.css", None),),
    ),
    "asks for a script from elsewhere": Broken(
        page_with("<script src='https://cdn.example/x.js?y=1'></script>"),
        (("outside", "", "https://cdn.example/x.js", None),),
    ),
    "says more on its console": Broken(
        page_with("<script>console.error('no menu', new Error('empty'));\nthrow 'stop';</script>"),
        (
            ("error", "stop", "index.html", 5),
            ("console", "no menu Error: empty", None, None),
        ),
    ),
    "shows somebody else's markup": Broken(
        page_with("<script>throw new Error('<img src=x onerror=alert(1)>')</script>"),
        (("error", "Error: <img src=x onerror=alert(1)>", "index.html", 4),),
    ),
}

FINE = {
    "a plain page": OK,
    "one that deals with what goes wrong": page_with(
        "<script>window.addEventListener('load', async () => {\n"
        "try { missing() } catch (error) { console.error(error) }\n"
        "await Promise.reject(new Error('dealt with')).catch(() => {});\n"
        "navigator.clipboard?.writeText('x');\n"
        "localStorage.setItem('a', 1); });</script>"
    ),
    "one that talks nonsense to the page around it": page_with(
        "<script>const good = { kind: 'error', message: 'x', file: null, line: 1, column: 1 };\n"
        "const bad = [{ kind: 'other' }, { message: 'x'.repeat(501) }, { message: 'x'.repeat(1e6) }, { message: 1 },\n"
        "  { message: null }, { file: 5 }, { file: 'x'.repeat(501) }, { line: -1 }, { line: 1.5 }, { column: '1' },\n"
        "  { line: 1e12 }];\n"
        "for (const part of bad) parent.postMessage({ glacia: 'preview', error: { ...good, ...part } }, '*');\n"
        "for (const all of [null, 1, 'x', [], {}, { glacia: 'preview' }, { glacia: 'preview', error: 'x' },\n"
        "  { glacia: 'preview', error: null }, { glacia: 'other', error: good }, { error: good },\n"
        "  JSON.stringify({ glacia: 'preview', error: good })]) parent.postMessage(all, '*');</script>"
    ),
}
