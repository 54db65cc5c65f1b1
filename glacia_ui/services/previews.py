"""Links under which a snapshot can be looked at without a session, because the preview has no cookies by design.

A capability is a project, a snapshot and the person it was made for, with an expiry, signed with a 128-bit HMAC.
Whoever holds it may read that one snapshot until it expires; nothing else can be reached with it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import mimetypes
import struct
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from glacia_ui.core.models import File
from glacia_ui.db.files import Files
from glacia_ui.db.transport import Caller
from glacia_ui.errors import NotFoundError

LIFETIME_SECONDS = 12 * 3600
CACHED_SNAPSHOTS = 64
_PAYLOAD = struct.Struct(">16s16sII")
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class PreviewFile:
    """One file of a previewed snapshot."""

    content: bytes
    media_type: str


class Previews:
    """Makes and opens preview links."""

    def __init__(self, files: Files, secret: bytes, *, clock: Callable[[], float] = time.time) -> None:
        """`secret` signs the links: the same in every process that serves the same users."""
        self._files = files
        self._key = hashlib.sha256(b"preview-link:" + secret).digest()
        self._clock = clock
        self._cache: OrderedDict[tuple[UUID, int], dict[str, File]] = OrderedDict()

    async def link(self, caller: Caller, project_id: UUID, snapshot: int | None = None) -> str:
        """The path of a preview, ending in a slash. Raises NotFoundError for what is not the caller's."""
        number, _ = await self._files.list_files(caller, project_id, snapshot)
        if number == 0:
            raise NotFoundError("nothing to preview yet", code="snapshot_not_found")
        # Rounded up to the hour, so that reloading a page does not change the address and refetch everything.
        expires = int(self._clock()) // 3600 * 3600 + 3600 + LIFETIME_SECONDS
        payload = _PAYLOAD.pack(project_id.bytes, UUID(caller.claims["sub"]).bytes, number, expires)
        return f"/preview/{_spell(payload + self._sign(payload))}/"

    async def open(self, capability: str, path: str) -> PreviewFile:
        """One file. Raises NotFoundError for a forged or expired capability and for a file that is not there."""
        project_id, user_id, snapshot = self._verify(capability)
        files = await self._load(project_id, user_id, snapshot)
        file = files.get(path) or files.get(f"{path.rstrip('/')}/index.html".lstrip("/"))
        if file is None:
            raise NotFoundError(code="file_not_found")
        media_type = mimetypes.guess_type(file.path)[0] or "text/plain"
        return PreviewFile(file.content.encode(), media_type)

    async def _load(self, project_id: UUID, user_id: UUID, snapshot: int) -> dict[str, File]:
        key = (project_id, snapshot)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        files = await self._files.open_preview(user_id, project_id, snapshot)
        self._cache[key] = {file.path: file for file in files}
        while len(self._cache) > CACHED_SNAPSHOTS:
            self._cache.popitem(last=False)
        return self._cache[key]

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, "sha256")[:_MAC_BYTES]

    def _verify(self, capability: str) -> tuple[UUID, UUID, int]:
        try:
            raw = base64.b64decode(capability + "=" * (-len(capability) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise NotFoundError("not a capability", code="preview_not_found") from error
        payload, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        is_ours = len(payload) == _PAYLOAD.size and hmac.compare_digest(mac, self._sign(payload))
        # The last letter has two bits to spare, so four spellings mean the same bytes: only one of them is the link.
        if not is_ours or _spell(raw) != capability:
            raise NotFoundError("a forged capability", code="preview_not_found")
        project, user, snapshot, expires = _PAYLOAD.unpack(payload)
        if expires <= self._clock():
            raise NotFoundError("an expired capability", code="preview_expired")
        return UUID(bytes=project), UUID(bytes=user), snapshot


def _spell(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
