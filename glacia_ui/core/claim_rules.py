"""The words and patterns by which `core/claims.py` reads. `⟦n⟧` is a file name, as `core/sentences.py` makes it."""

from __future__ import annotations

import re

from glacia_ui.core.sentences import FILE

VERBS: dict[str, tuple[str, ...]] = {
    "added": ("added", "introduced"),
    "created": ("created", "wrote", "written", "built", "generated", "implemented", "set up"),
    "changed": (
        *("changed", "updated", "edited", "modified", "rewrote", "rewritten", "adjusted", "tweaked", "fixed", "made"),
        *("corrected", "repaired", "replaced", "refactored", "extended", "improved", "restyled", "restructured"),
        *("reorganised", "reorganized", "simplified", "shortened", "expanded", "rearranged", "reworked", "redesigned"),
        *("polished", "cleaned", "translated", "inserted", "swapped", "styled", "switched", "enlarged", "increased"),
        *("reduced", "rebuilt", "tidied", "refined", "reordered", "reworded", "rephrased", "recoloured", "recolored"),
        *("converted", "turned", "touched", "redid", "renewed"),
    ),
    "deleted": ("deleted", "removed", "erased", "dropped", "got rid of"),
    "renamed": ("renamed", "moved"),
}
ANY = "|".join(verb for verbs in VERBS.values() for verb in verbs)
VERB = rf"(?P<verb>{ANY})\b"

_AND = r"\s*(?:,\s*(?:and\s+)?|\s(?:and|&|plus|as well as)\s+)(?:also\s+)?(?:the\s+)?"
_FILES = rf"(?P<files>{FILE}(?:{_AND}{FILE})*)"
_FILLER = (
    r"(?:(?:the|a|an|your|my|our|its|their|all|both|new|old|existing|whole|entire|main|separate|small|unused|own|called|named|up"
    r"|of|two|three|four|five|following|these|files?|pages?|style ?sheets?|styles?|scripts?|documents?|code"
    r"|contents?)\s+){0,5}"
)
_SUBJECT = r"(?:(?:i|we)(?:'ve|\s+have)?|have)"
_ADVERBS = (
    r"(?:\s+(?:now|also|just|then|newly|both|all|carefully|quickly|only|simply|fully|completely|successfully"
    r"|slightly))*"
)
_LEAD = (
    r"(?:(?:done|okay|ok|sure|yes|great|alright|perfect|certainly|of course|here you go|good news|now|also|then|first"
    r"|finally|next|therefore|for that|to do (?:so|that))\b[\s:,.!–—-]*)*"
)

_ANOTHER_TIME = (
    r"\b(?:earlier|before|previous|previously|originally|initially|already|yesterday|ago|formerly|had|used to|so far"
    r"|(?:last|first|second|third|other) (?:time|version|request|step|change|message)|at first|back then)\b"
    r"|\b(?:version|request|step) (?:\d|one|two|three)"
)
ANOTHER_TIME = re.compile(_ANOTHER_TIME, re.IGNORECASE)
VOID = re.compile(
    # denied
    r"\b(?:not|never|no|none|nothing|neither|nor|without|untouched|unchanged|cannot|failed|unable|alone)\b|n't\b"
    # conditional, planned, advised, wished
    r"|\b(?:if|unless|would|could|can|may|might|should|shall|will|whether|want|wish|like|please|let|suppose|imagine"
    r"|plan|intend|recommend|suggest|advise|consider|going to|ready to|about to|need|needs|must|ought|try|tell|ask"
    r"|until|when|whenever|once|instead|rather|ideally|perhaps|maybe|almost|nearly|supposed|expected|says?|said"
    r"|claims?|example|wherever|as soon as|after|provided)\b|'(?:ll|d)\b"
    # by somebody else, or at another time
    rf"|\b(?:you|he|she|they|someone|somebody|who|which|that|what)(?:'ve| have| had| has)? (?:\w+ )?(?:{ANY})\b"
    r"|\bby (?:you|hand|someone|somebody)\b"
    rf"|{_ANOTHER_TIME}"
    # not meant to stay
    r"|\b(?:temporar(?:y|ily)|draft|backup|test file)\b",
    re.IGNORECASE,
)
"""Words that make a statement say nothing about what was done now."""

TURN = re.compile(r";|\s[—–-]\s|—|,?\s\b(?:but|however|yet|except|while|whereas|although|though)\b", re.IGNORECASE)
"""Ends what was said before it, a denial too."""

ACTIVE = re.compile(
    rf"(?:^\W*{_LEAD}(?:{_SUBJECT}{_ADVERBS}\s+)?"
    rf"|(?:,|[;:(—–]|\b(?:and|then|also|so|now))\s*{_SUBJECT}{_ADVERBS}\s+"
    rf"|(?P<more>(?:,|\band\b|\bthen\b)\s*(?:(?:and|then|also|newly)\s+)*))"
    rf"{VERB}",
    re.IGNORECASE,
)
SUBJECT = re.compile(r"\b(?:i|we)\b", re.IGNORECASE)
BEGINS_WITH_VERB = re.compile(rf"\W*{_LEAD}(?:{ANY})\b", re.IGNORECASE)
PASSIVE = re.compile(
    rf"{_FILES}\)?\s+(?:(?:(?:was|were)(?!{_ADVERBS}\s+(?:written|built|made)\b)|has been|have been|(?:is|are)\s+now)"
    rf"{_ADVERBS}\s+{VERB}(?P<to>\s+to\s+{_FILLER}{FILE})?|(?:is|are)\s+(?:now\s+)?gone\b)",
    re.IGNORECASE,
)
BEFORE_FILES = re.compile(rf"\b(?P<where>to|in|into|inside|within|from|of|for|on|at|by|with|about)\s+{_FILLER}$", re.I)
VOID_AFTER = re.compile(r"\s+(?:by (?:you|hand)|if|when|once|unless|in (?:an )?(?:earlier|previous))\b", re.IGNORECASE)
PASSIVE_IN = re.compile(rf"\b(?:was|were|has been|have been){_ADVERBS}\s+{VERB}", re.IGNORECASE)
NOW_IN = re.compile(
    rf"\b(?:lives?|(?:is|are)\s+now|find\s+(?:it|them))\s+(?:now\s+)?(?:in|under|at)\s+{_FILLER}{_FILES}", re.IGNORECASE
)
"""Says that there is such a file, and no more."""
IN_FILE = re.compile(rf"\b(?:in|inside|within)\s+{_FILLER}{_FILES}\s*,?\s+{_SUBJECT}{_ADVERBS}\s+{VERB}", re.IGNORECASE)
LISTED = re.compile(rf"^\W*{_FILES}\W*?(?::|\(|\s[–—-]\s)\s*(?:(?:now|newly|{_SUBJECT})\s+)?{VERB}", re.IGNORECASE)
HEADED = re.compile(
    rf"^\W*(?:{VERB}\s+files?|(?:the\s+|these\s+|following\s+)*files?"
    rf"\s+(?:(?:that\s+)?i\s+(?:have\s+)?|were\s+|have been\s+)?(?P<verb_behind>{ANY}))\s*:\s*(?P<files>.*)$",
    re.IGNORECASE,
)
HEADING = re.compile(rf"\b{_SUBJECT}{_ADVERBS}\s+{VERB}[^⟦]*:\W*$", re.IGNORECASE)

_NOUN_IN_FILE = rf"(?:its|their|the|an?|your|some|new)\s+(?:[\w'-]+\s+){{1,4}}(?:in|into|to)\s+{FILE}\s*(?:[.,;!)]|$)"
OBJECT_ENDS = re.compile(
    r"\b(?:so|because|since|which|that|who|where|as|for|using|via|like|with"
    r"|to (?:make|let|show|give|keep|match|say|read))\b"
    rf"|[:(]|,(?!\s*(?:and\s+)?(?:also\s+)?(?:the\s+)?{FILE})"
    rf"|\b(?:and|plus)\b(?!\s*(?:also\s+)?(?:the\s+)?{FILE}|\s+{_NOUN_IN_FILE})|\.(?=\s|$)",
    re.IGNORECASE,
)
DIRECT = re.compile(
    rf"^\s*:?\s+{_FILLER}(?:(?:page|file|script|style ?sheet)\s*,\s*)?{_FILES}(?P<owner>'s\b)?", re.IGNORECASE
)
PLACE = re.compile(
    rf"(?P<before>\S*)\s+(?P<where>into|in|to|from|inside|within|on|of)\s+{_FILLER}"
    rf"(?:(?:page|file|script|style ?sheet)\s*,\s*)?{_FILES}",
    re.IGNORECASE,
)
NAMED_AFTER = re.compile(
    rf"^\s+{_FILLER}(?:[\w-]+\s+)?(?:file|page|script|style ?sheet)s?\s*[:(,]\s*{_FILES}", re.IGNORECASE
)
ON_EACH = re.compile(rf"^[^.:(⟦]*\b(?:on|in)\s+{_FILLER}(?:files|pages)\s*[:(]\s*{_FILES}", re.IGNORECASE)
NEW_NAME = re.compile(rf"^[^.⟦]*\bname\b[^.⟦]*\bfrom\s+(?P<old>{FILE})\s+to\s+(?P<new>{FILE})", re.IGNORECASE)
RENAME = re.compile(rf"^\s+{_FILLER}(?P<old>{FILE})\s+(?:to|into|as)\s+{_FILLER}(?P<new>{FILE})", re.IGNORECASE)

LINKISH = re.compile(
    r"(?:links?|linked|references?|pointers?|paths?|imports?|redirects?|buttons?|points?|pointing|leads?|leading|goes"
    r"|go|going|refers?|referring|back|jumps?|belongs?|applies|connections?|access|relative|next|similar|compared|copy"
    rf"|copies|based|works?|runs?|visible|shown|{FILE})",
    re.IGNORECASE,
)
PART_OF = re.compile(
    r"(?:most|much|all|half|parts?|top|end|bottom|beginning|start|rest|contents?|accessibility|look|layout|design|title"
    r"|structure|markup|texts?|headlines?|footer|header|menu|colou?rs?|wording|spelling)",
    re.IGNORECASE,
)
NOT_THE_FILE = re.compile(
    # "the style.css link" and "logo.png with logo.svg" are about a link, and about where the picture is shown
    r"^\s+(?:links?|tags?|imports?|references?|includes?|lines?|entry|entries|paths?|mentions?|buttons?)\b"
    rf"|^\s+(?:with|by|for|to)\s+{_FILLER}{FILE}",
    re.IGNORECASE,
)
INTO_PLACE = re.compile(r"^\s+(?:to|into|in|on|at|as)\b", re.IGNORECASE)
OUT_OF_PLACE = re.compile(r"^\s+(?:from|in|into)\b", re.IGNORECASE)
BY_DOING = re.compile(r"\bby \w+ing\b", re.IGNORECASE)
TO_VERBS = frozenset({"added", "wrote", "written", "made", "moved", "inserted", "introduced"})
FROM_VERBS = frozenset({"deleted", "removed", "erased", "dropped", "moved"})
PLACE_ONLY = frozenset({"moved", "swapped", "switched", "turned"})

# What is said without a file name counts only when it is plainly about the page: "I wrote three slogans" is no change.
CHAT_VERBS = frozenset(
    "wrote written generated translated shortened simplified corrected improved polished expanded reworked extended"
    " reduced".split()
)
_PART_OF_PAGE = (
    r"(?:pages?|site|website|headline|heading|title|subtitle|buttons?|sections?|form|fields?|menu|navigation|nav|footer"
    r"|header|hero|banner|colou?rs?|background|theme|dark mode|texts?|fonts?|size|images?|photos?|pictures?|drawings?"
    r"|gallery|table|columns?|rows?|links?|layout|spacing|margins?|padding|corners|styles?|script|files?|hours|prices"
    r"|map|video|icons?|logo|animations?|counter|cart|cards?|quiz|countdown|version|changes?|design|things|mistakes?|errors?|bugs?|typos?|problems?|pop-?ups?|search|reviews?|spelling)"
)
_PART_OF_TALK = (
    r"(?:plan|list|questions?|answers?|ideas?|suggestions?|summary|steps?|drafts?|wording|options?|choices?|slogans?|names?"
    r"|examples?|assumptions?|numbers?|sums?|request|prompt|conversation|explanation|code (?:above|below))"
)
"""What is made in the chat, and not on the page."""
_WORDS = r"(?:(?!(?:for|of|to|in|on|with|about|from)\b)[\w'-]+\s+){0,4}"
_PARTICLE = r"(?:\s+(?:out|up|down|away|back))?"
NO_WORK = re.compile(r"^made\s+an?\s+(?:\w+\s+)?(?:mistake|error)\b|^added\s+up\b", re.IGNORECASE)
UNNAMED = re.compile(
    rf"^{_PARTICLE}\s+(?:it|this|everything|all of it)\s*(?:[.,!]|$)"
    rf"|^{_PARTICLE}\s+(?:a|an|some|all|both|two|three|four|several|new|more)\s+{_WORDS}{_PART_OF_PAGE}\b"
    rf"|^{_PARTICLE}\s+(?:the|your)\s+(?!(?:[\w'-]+\s+){{0,3}}{_PART_OF_TALK}\b)\w",
    re.IGNORECASE,
)
DONE_TO = re.compile(
    rf"\b(?:the|your|all|both)\s+(?:[\w-]+\s+){{0,3}}{_PART_OF_PAGE}\s+(?:has|have) been{_ADVERBS}\s+{VERB}",
    re.IGNORECASE,
)
DONE = re.compile(
    r"^\W*(?:all\s+)?done\s*(?:[.!:,–—-]|$)|^\W*(?:it's|it is|that's|everything is) (?:all )?done\b"
    r"|^\W*(?-i:Updated|Fixed|Changed|Added|Removed)[.!]+$",
    re.IGNORECASE,
)
