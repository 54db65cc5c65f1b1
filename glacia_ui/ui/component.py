"""Everything we draw ourselves: one HTML element, handed to one ES module.

A Gradio page is one static description that all users share, so a component carries no data of anybody: it names its
module, gives it texts and settings, and the module fetches what it shows from `/page/v1`. The module exports
`mount(element, settings)` and from then on owns the element; Python never renders it again.

A function and not a subclass of `gr.HTML`: at import Gradio writes a `.pyi` beside the source of every subclass, which
mypy then reads instead of the source, and which an installed, read-only package cannot take.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import gradio as gr

TEMPLATE = '<div class="gl-root"></div>'
LOAD = """
const root = element.querySelector('.gl-root');
const sheets = [...document.querySelectorAll('link[href^="/assets/' + props.assets + '/"]')]
  .map((link) => link.sheet || new Promise((done) => { link.onload = link.onerror = done; }));
Promise.all([import('/assets/' + props.assets + '/' + props.module + '.js'), ...sheets])
  .then(([module]) => module.mount(root, props.settings, { props, watch, trigger }))
  .catch((error) => { root.dataset.error = String(error); throw error; });
"""
"""Runs in the browser when Gradio has placed the element; Gradio supplies `element` and `props`. Gradio adds our style
sheets late, so nothing is drawn before they are there."""


def component(
    module: str,
    *,
    assets: str,
    settings: Mapping[str, object] | None = None,
    value: object = "",
    elem_id: str | None = None,
) -> gr.HTML:
    """An element drawn by `glacia_ui/ui/<module>.js`, at the place where it is called in an open `Blocks` or route.

    `assets` is the version in the address of our assets. `settings` is plain JSON, the same for all users; it reaches
    `mount(element, settings)` with `assets` added. Where a Gradio handler takes part, the third argument of `mount` has
    `props.value` (what the handler made last; `value` at first), `watch('value', …)` and `trigger('submit', data)`.
    """
    return gr.HTML(
        value=value,
        html_template=TEMPLATE,
        js_on_load=LOAD,
        apply_default_css=False,
        elem_id=elem_id,
        module=module,
        assets=assets,
        settings=json.loads(json.dumps({**(settings or {}), "assets": assets})),
    )
