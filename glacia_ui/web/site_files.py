"""What browsers and crawlers ask for by themselves. Ours answer before Gradio's do."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from glacia_ui.web.context import context_of

_HOUR = {"Cache-Control": "public, max-age=3600"}
_DAY = {"Cache-Control": "public, max-age=86400"}
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M12 1.8 21.4 12 12 22.2 2.6 12z" '
    'fill="#0b687d"/><path d="M12 1.8 21.4 12 12 12z" fill="#fff" opacity=".38"/><path d="M12 12 21.4 12 12 22.2z" '
    'opacity=".14"/><path d="M2.6 12 12 12 12 1.8z" fill="#fff" opacity=".14"/></svg>'
)
_MANIFEST = {
    "name": "Glacia",
    "short_name": "Glacia",
    "start_url": "/",
    "display": "standalone",
    "background_color": "#f4f7f9",
    "theme_color": "#0b687d",
    "icons": [{"src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml"}],
}

router = APIRouter(include_in_schema=False)


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
@router.api_route("/favicon.svg", methods=["GET", "HEAD"])
async def icon() -> Response:
    """A glacier, as a cut stone. Browsers take SVG under either name."""
    return Response(_ICON, media_type="image/svg+xml", headers=_DAY)


@router.api_route("/brand.css", methods=["GET", "HEAD"])
async def brand(request: Request) -> Response:
    """The operator's own colours; every page loads it after our style sheets."""
    return Response(context_of(request).options.brand_css, media_type="text/css", headers=_HOUR)


@router.api_route("/manifest.json", methods=["GET", "HEAD"])
async def manifest() -> JSONResponse:
    """For "add to home screen"."""
    return JSONResponse(_MANIFEST, media_type="application/manifest+json", headers=_DAY)


@router.api_route("/robots.txt", methods=["GET", "HEAD"])
async def robots() -> PlainTextResponse:
    """Everything here belongs to somebody: nothing to index."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n", headers=_DAY)
