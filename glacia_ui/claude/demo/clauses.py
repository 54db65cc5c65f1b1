"""Takes a request apart into single wishes: "make it warmer, and add our opening hours" are two."""

from __future__ import annotations

import re

VERBS = (
    "add|make|change|remove|use|set|rename|call|replace|give|put|turn|write|insert|include|show|delete|drop|hide|round|swap|"
    "increase|decrease|enlarge|shrink|darken|lighten|move|create|update|switch|colour|color|paint|take|get|center|centre"
)
_SPLIT = re.compile(
    rf"(?:[.;!?\n]+\s+|,?\s+(?:and then|then|and also|and|also)\s+|,\s+)(?=(?:please\s+)?(?:{VERBS})\b)", re.IGNORECASE
)
_POLITE = re.compile(
    r"^(?:(?:ok(?:ay)?|hi|hello|hey|now|so|great|nice|thanks|thank you|perfect)[,.!]?\s+)*"
    r"(?:(?:please|can you|could you|would you|will you|can we|could we|let'?s|let us|"
    r"i(?:'d| would) like (?:you )?(?:to )?|i want (?:you )?(?:to )?|i need (?:you )?(?:to )?)[,]?\s*(?:please\s+)?)*",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^(?:what|why|how|who|whose|when|where|which|is|are|was|were|do|does|did|can i|should|may i|will it|tell me"
    r"|explain)\b",
    re.IGNORECASE,
)
_VERB = re.compile(rf"\b(?:{VERBS})\b", re.IGNORECASE)


def clauses(prompt: str) -> list[str]:
    """The wishes in order, without the politeness around them."""
    parts = [_POLITE.sub("", part.strip()).strip(" .!;,") for part in _SPLIT.split(prompt.strip())]
    return [part for part in parts if part]


def is_question(prompt: str) -> bool:
    """Whether it asks rather than wishes. "Can you make it blue?" is a wish."""
    asked = _POLITE.sub("", prompt.strip())
    if _QUESTION.match(asked):
        return True
    return asked.endswith("?") and not _VERB.match(asked)
