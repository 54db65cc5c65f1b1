"""The request that "Fix this" sends. It stands in the chat as the user's own."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "intro": "Please fix what went wrong in the preview of version {version}:",
    "error": "JavaScript stopped: {message}",
    "rejection": "A promise failed and nothing handles it: {message}",
    "missing": "The page asks for {file}, and there is no such file.",
    "unreadable": "The file {file} is there, but the browser cannot use it.",
    "outside": "The page asks for {file}, and a page here cannot load anything from elsewhere.",
    "console": "{message}",
    "no_message": "no message",
    "in_file": " (in {file})",
    "at_line": " (in {file}, line {line})",
    "details": "The page also wrote to its console:",
    "rule": "Find the cause and change only what is needed.",
}
