"""The page that Claude wrote, running where it can reach nothing of ours.

Three things together isolate it: the frame's sandbox, the same sandbox sent as a header (so that it also holds in a tab
of its own), and a policy that allows loading from below its own address only. Whoever knows that address may look; no
cookie is needed and none is ever seen.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from glacia_ui.errors import NotFoundError, ValidationError
from glacia_ui.services.previews import PreviewFile
from glacia_ui.web.context import context_of
from glacia_ui.web.preview_page import missing_page, with_shim
from glacia_ui.web.scope import host, own_origin

_HTML = "text/html"
_CAPABILITY = re.compile(r"[A-Za-z0-9_-]{1,200}")
_TYPES = {
    ".html": _HTML, ".htm": _HTML, ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
    ".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml", ".xml": "application/xml", ".txt": "text/plain", ".md": "text/markdown",
    ".csv": "text/csv",
}  # fmt: skip
"""Not the machine's own table: a desktop may say that .js is text/plain, and then nothing runs."""

router = APIRouter(include_in_schema=False)


@router.api_route("/preview/{capability}", methods=["GET", "HEAD"])
async def add_slash(request: Request, capability: str) -> Response:
    """Relative addresses in the page need the slash."""
    return RedirectResponse(f"/preview/{capability}/", headers=_headers(request, capability))


@router.api_route("/preview/{capability}/{path:path}", methods=["GET", "HEAD"])
async def read_preview(request: Request, capability: str, path: str) -> Response:
    """One file of a snapshot; a folder gives its index.html."""
    headers = _headers(request, capability)
    try:
        file, is_folder = await _open(request, capability, path)
    except NotFoundError as error:
        return Response(missing_page(path, error), 404, headers, f"{_HTML}; charset=utf-8")
    if is_folder and path and not path.endswith("/"):
        return RedirectResponse(f"{request.url.path}/", headers=headers)
    media_type = _media_type(path, file, is_folder=is_folder)
    content = with_shim(file.content) if media_type == _HTML else file.content
    return Response(content, headers=headers, media_type=f"{media_type}; charset=utf-8")


async def _open(request: Request, capability: str, path: str) -> tuple[PreviewFile, bool]:
    """The file, and whether it is the index.html that stands for a folder. Raises NotFoundError."""
    previews = context_of(request).services.previews
    if not path or path.endswith("/"):
        return await previews.open(capability, f"{path}index.html"), True
    file = await previews.open(capability, path)
    is_page = PurePosixPath(path).suffix.lower() in (".html", ".htm")
    return file, file.media_type == _HTML and not is_page


def _media_type(path: str, file: PreviewFile, *, is_folder: bool) -> str:
    if is_folder:
        return _HTML
    return _TYPES.get(PurePosixPath(path).suffix.lower(), file.media_type)


def _headers(request: Request, capability: str) -> dict[str, str]:
    if not host(request.scope):
        # The policy below is made of it.
        raise ValidationError("a request without a usable Host header")
    if not _CAPABILITY.fullmatch(capability):
        capability = "-"
    base = f"{own_origin(request.scope)}/preview/{capability}/"
    return {
        "Content-Security-Policy": "; ".join(
            (
                "sandbox allow-scripts allow-forms allow-modals",
                "default-src 'none'",
                f"script-src {base} 'unsafe-inline' 'unsafe-eval' blob:",
                f"style-src {base} 'unsafe-inline'",
                f"img-src {base} data: blob:",
                f"font-src {base} data:",
                f"media-src {base} data: blob:",
                f"connect-src {base} data: blob:",
                "worker-src blob:",
                "form-action 'none'",
                "base-uri 'none'",
                "frame-src 'none'",
                "frame-ancestors 'self'",
            )
        ),
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
