"""The files of a project as the follow-ups see them: the page, its style sheet, and small surgery on both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Site:
    """A set of files with a page and a place for styles: `css_path` is the page itself when it has no sheet."""

    files: Mapping[str, str]
    html_path: str
    css_path: str

    @classmethod
    def find(cls, files: Mapping[str, str]) -> Site | None:
        """The page is index.html, else the first .html; None when there is none."""
        pages = sorted(
            (path for path in files if path.endswith((".html", ".htm"))), key=lambda path: (path != "index.html", path)
        )
        if not pages:
            return None
        linked = re.findall(r'<link[^>]+href="([^"]+\.css)"', files[pages[0]])
        sheets = [path.removeprefix("./") for path in linked if path.removeprefix("./") in files]
        return cls(files, pages[0], sheets[0] if sheets else pages[0])

    @property
    def html(self) -> str:
        """The page."""
        return self.files[self.html_path]

    @property
    def css(self) -> str:
        """The style sheet, or the page that holds its styles."""
        return self.files[self.css_path]

    def with_html(self, html: str) -> Site:
        """With another page."""
        return replace(self, files={**self.files, self.html_path: html})

    def with_css(self, css: str) -> Site:
        """With another style sheet."""
        return replace(self, files={**self.files, self.css_path: css})

    def with_styles(self, rules: str) -> Site:
        """With more rules at the end of the style sheet, or in the page's head."""
        if self.css_path != self.html_path:
            return self.with_css(self.css.rstrip("\n") + "\n\n" + rules.strip("\n") + "\n")
        if "</style>" in self.html:
            return self.with_html(self.html.replace("</style>", rules.strip("\n") + "\n</style>", 1))
        return self.with_html(self.html.replace("</head>", f"<style>\n{rules.strip(chr(10))}\n</style>\n</head>", 1))
