"""Our scripts and styles, served under an address that changes whenever one of them does.

Every `.js` and `.css` below `glacia_ui/ui` is at `/assets/<version>/<path>`, those of this package at
`/assets/<version>/web/<path>`. They are read once and belong to nobody, so they need no session and a browser may keep
them for ever. Gradio has its own files below `/assets/`; only an address with a version in it is ours.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.convertors import Convertor, register_url_convertor

from glacia_ui.errors import NotFoundError

_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = {"": _PACKAGE.parent / "ui", "web/": _PACKAGE / "static"}
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Assets:
    """Contents by path, and the version that they make together."""

    version: str
    files: dict[str, bytes]

    def url(self, path: str) -> str:
        """Where a file is. Raises KeyError for one that is not there, so that a page with a hole fails its test."""
        if path not in self.files:
            raise KeyError(f"no asset is called {path!r}")
        return f"/assets/{self.version}/{path}"


@cache
def load_assets() -> Assets:
    """Read every file once."""
    files = {
        prefix + path.relative_to(folder).as_posix(): path.read_bytes()
        for prefix, folder in _FOLDERS.items()
        for path in sorted(folder.rglob("*"))
        if path.suffix in _TYPES
    }
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return Assets(digest.hexdigest()[:12], files)


class _VersionConvertor(Convertor[str]):
    """Twelve hex digits, so that an address without a version goes on to Gradio."""

    regex = "[0-9a-f]{12}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("asset_version", _VersionConvertor())
router = APIRouter()


@router.api_route("/assets/{version:asset_version}/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def read_asset(request: Request, version: str, path: str) -> Response:
    """One file. A page of an older process asks for an older version: it gets today's file, and may not keep it."""
    assets = load_assets()
    content = assets.files.get(path)
    if content is None:
        raise NotFoundError(code="not_found")
    headers = {
        "Cache-Control": _FOR_EVER if version == assets.version else "no-cache",
        "ETag": f'"{assets.version}"',
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[Path(path).suffix], headers=headers)
