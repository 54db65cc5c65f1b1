"""Makes the files of a new page: the template of its kind, filled; one style sheet, one script."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from glacia_ui.claude.demo.brief import Brief, Kind
from glacia_ui.claude.demo.kinds import Values, values
from glacia_ui.claude.demo.palette import palette
from glacia_ui.claude.demo.sections import add_wanted_sections

PAGES = Path(__file__).parent / "pages"

_SITES: frozenset[Kind] = frozenset({"landing", "portfolio", "event", "simple"})
"""Kinds that are a page with sections, and share the styles for those."""
_STYLED: frozenset[Kind] = frozenset({"todo", "quiz", "table", "form", "menu", "event", "portfolio"})
_SITE_SCRIPT: frozenset[Kind] = frozenset({"landing", "simple"})


def build(brief: Brief) -> dict[str, str]:
    """`index.html`, `style.css` and `script.js`."""
    filled = _with_look(brief, values(brief))
    kind = brief.kind
    styles = [
        "base.css",
        *(["site.css"] if kind in _SITES else []),
        *([f"{kind}/style.css"] if kind in _STYLED else []),
    ]
    script = "site.js" if kind in _SITE_SCRIPT else f"{kind}/script.js"
    files = {
        "index.html": _rendered(f"{kind}/index.html", filled),
        "style.css": "".join(_rendered(name, filled) for name in styles),
        "script.js": _rendered(script, filled),
    }
    return add_wanted_sections(files, brief) if kind in _SITES else files


def _with_look(brief: Brief, filled: Values) -> Values:
    """Colours and drawings: the request's colour, else the trade's or the kind's."""
    accent = brief.colour[1] if brief.colour else None
    hue = accent.hue if accent and accent.chroma > 0.02 else filled["hue"]
    look = {
        "colours": palette(hue, accent=accent, is_dark=brief.is_dark),
        "scheme": "dark" if brief.is_dark else "light",
        "drawing": _drawing(filled["drawing"]) if "drawing" in filled else None,
    }
    works = [{**work, "picture": _drawing(work["picture"])} for work in filled.get("works", [])]
    return {**filled, **look, "works": works}


def _drawing(name: str) -> Markup:
    """An SVG of ours: the one thing that goes into a page as it is."""
    return Markup((PAGES / "drawings" / f"{name}.svg").read_text(encoding="utf-8").strip())  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=select_autoescape(["html"]),  # style sheets and scripts take no words of the request
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment


def _rendered(name: str, filled: Values) -> str:
    text = _environment().get_template(name).render(filled)
    return re.sub(r"\n{3,}", "\n\n", text)
