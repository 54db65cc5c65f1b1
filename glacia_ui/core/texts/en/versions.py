"""Titles of versions that no request made."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "template": "Started from “{title}”",
    "restored": "Back to version {version}",
    "restored_file": "{path} as in version {version}",
}
