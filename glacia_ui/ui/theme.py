"""How Gradio is made to look like Glacia: its variables point at our tokens, its own chrome is hidden by `base.css`.

Light and dark are settled by the tokens alone (`boot.js` puts the class `dark` on `html` and `body`), so each variable
has the same value in both. Nothing here fetches a font or anything else from outside.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import gradio as gr

FOLDER = Path(__file__).parent
FIRST = ("tokens.css", "base.css")
"""Style sheets that the others build on."""

VARIABLES = {
    "body_text_color_subdued": "var(--muted)",
    "background_fill_primary": "var(--surface)",
    "background_fill_secondary": "var(--sunken)",
    "border_color_accent": "var(--accent-line)",
    "border_color_accent_subdued": "var(--accent-line)",
    "border_color_primary": "var(--line)",
    "color_accent_soft": "var(--accent-soft)",
    "link_text_color": "var(--accent)",
    "link_text_color_hover": "var(--accent-hover)",
    "link_text_color_visited": "var(--accent)",
    "link_text_color_active": "var(--accent-press)",
    "code_background_fill": "var(--bg)",
    "block_background_fill": "var(--surface)",
    "block_border_color": "var(--line)",
    "block_shadow": "var(--shadow-1)",
    "block_label_background_fill": "var(--surface)",
    "block_label_border_color": "var(--line)",
    "block_label_text_color": "var(--muted)",
    "block_title_text_color": "var(--text)",
    "block_info_text_color": "var(--muted)",
    "panel_background_fill": "var(--surface)",
    "panel_border_color": "var(--line)",
    "accordion_text_color": "var(--text)",
    "table_text_color": "var(--text)",
    "table_border_color": "var(--line)",
    "table_even_background_fill": "var(--surface)",
    "table_odd_background_fill": "var(--surface)",
    "table_row_focus": "var(--accent-softer)",
    "checkbox_background_color": "var(--surface)",
    "checkbox_background_color_selected": "var(--accent)",
    "checkbox_border_color": "var(--line-strong)",
    "checkbox_border_color_selected": "var(--accent)",
    "checkbox_label_background_fill": "var(--surface)",
    "checkbox_label_background_fill_hover": "var(--hover)",
    "checkbox_label_background_fill_selected": "var(--accent-soft)",
    "checkbox_label_border_color": "var(--line)",
    "checkbox_label_text_color": "var(--text)",
    "checkbox_label_text_color_selected": "var(--accent-text)",
    "error_background_fill": "var(--danger-soft)",
    "error_border_color": "var(--danger-line)",
    "error_text_color": "var(--danger)",
    "error_icon_color": "var(--danger)",
    "input_background_fill": "var(--surface)",
    "input_background_fill_focus": "var(--surface)",
    "input_background_fill_hover": "var(--surface)",
    "input_border_color": "var(--line-strong)",
    "input_border_color_focus": "var(--focus)",
    "input_border_color_hover": "var(--line-strong)",
    "input_placeholder_color": "var(--subtle)",
    "input_shadow": "none",
    "input_shadow_focus": "0 0 0 3px var(--accent-soft)",
    "loader_color": "var(--accent)",
    "slider_color": "var(--accent)",
    "stat_background_fill": "var(--accent-soft)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-hover)",
    "button_primary_border_color": "transparent",
    "button_primary_border_color_hover": "transparent",
    "button_primary_text_color": "var(--on-accent)",
    "button_primary_text_color_hover": "var(--on-accent)",
    "button_primary_shadow": "var(--shadow-1)",
    "button_primary_shadow_hover": "var(--shadow-1)",
    "button_primary_shadow_active": "none",
    "button_secondary_background_fill": "var(--surface)",
    "button_secondary_background_fill_hover": "var(--hover)",
    "button_secondary_border_color": "var(--line)",
    "button_secondary_border_color_hover": "var(--line)",
    "button_secondary_text_color": "var(--text)",
    "button_secondary_text_color_hover": "var(--text)",
    "button_secondary_shadow": "var(--shadow-1)",
    "button_secondary_shadow_hover": "var(--shadow-1)",
    "button_secondary_shadow_active": "none",
    "button_cancel_background_fill": "var(--surface)",
    "button_cancel_background_fill_hover": "var(--danger-soft)",
    "button_cancel_border_color": "var(--danger-line)",
    "button_cancel_border_color_hover": "var(--danger-line)",
    "button_cancel_text_color": "var(--danger)",
    "button_cancel_text_color_hover": "var(--danger)",
}
"""Colours: Gradio's variable → our token. Each is set for light and for dark alike."""

FIRST_PAINT = {
    "body_background_fill": "#f4f7f9",
    "body_background_fill_dark": "#0a1115",
    "body_text_color": "#0d1b24",
    "body_text_color_dark": "#e8f0f4",
}
"""Gradio writes these into the page before any style sheet is there, so they are the values of `--bg` and `--text`."""

SHAPES = {
    "block_border_width": "1px",
    "input_border_width": "1px",
    "button_border_width": "1px",
    "color_accent": "var(--accent)",
    "body_text_size": "var(--text-md)",
    "block_radius": "var(--r-lg)",
    "container_radius": "var(--r-lg)",
    "input_radius": "var(--r-md)",
    "table_radius": "var(--r-lg)",
    "button_large_radius": "var(--r-md)",
    "button_medium_radius": "var(--r-md)",
    "button_small_radius": "var(--r-sm)",
    "button_large_text_size": "var(--text-lg)",
    "button_medium_text_size": "var(--text-md)",
    "button_small_text_size": "var(--text-sm)",
    "button_large_text_weight": "500",
    "button_medium_text_weight": "500",
    "button_small_text_weight": "500",
    "block_label_text_size": "var(--text-sm)",
    "block_label_text_weight": "500",
    "block_title_text_size": "var(--text-md)",
    "block_title_text_weight": "600",
    "input_text_size": "var(--text-md)",
    "layout_gap": "16px",
}
"""Sizes, radii and weights, which do not depend on the theme."""


TEXT = gr.themes.Size(xxs="11px", xs="12px", sm="13px", md="14px", lg="15px", xl="18px", xxl="24px", name="glacia")
MONO = ("ui-monospace", "SF Mono", "SFMono-Regular", "Menlo", "Cascadia Mono", "Consolas", "DejaVu Sans Mono")
"""Gradio writes `--text-*` and `--font-mono` too, the names of our own tokens: it must write the same values."""


def theme() -> gr.themes.Base:
    """The Gradio theme. System faces only; `gradio.css` puts our own stack in front of `system-ui`."""
    made = gr.themes.Base(text_size=TEXT, font=["system-ui", "sans-serif"], font_mono=[*MONO, "monospace"])
    known = vars(made)
    dark = {f"{name}_dark": value for name, value in VARIABLES.items() if f"{name}_dark" in known}
    return made.set(**VARIABLES, **FIRST_PAINT, **SHAPES, **dark)


def head(assets: str) -> str:
    """The `<head>` of each page: the script that settles light or dark at once, our style sheets, the operator's."""
    base = f"/assets/{escape(assets, quote=True)}"
    links = (f'<link rel="stylesheet" href="{base}/{name}">' for name in _style_sheets())
    brand = '<link rel="stylesheet" href="/brand.css">'
    return "\n".join([f'<script src="{base}/boot.js"></script>', *links, brand])


def _style_sheets() -> list[str]:
    found = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.css"))
    return [*FIRST, *(name for name in found if name not in FIRST)]
