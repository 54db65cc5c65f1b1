"""What a step of Claude came to, beside the file in the chat. Only what did not work needs a sentence."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "no_file": "There is no such file, so Claude looks again.",
    "locked": "This file is locked, so Claude leaves it as it is.",
    "missed": "The text to change was not found. Claude tries another way.",
    "path_taken": "This name is taken. Claude chooses another one.",
    "bad_path": "This file name would not work everywhere. Claude chooses another one.",
    "too_many": "A project cannot hold more files than this.",
    "too_large": "This would be too large to keep.",
    "placeholder": "Part of the file was left out. Claude writes it in full.",
    "bad_input": "This step arrived incomplete. Claude sends it again.",
    "cut": "This file was not finished.",
    "unknown_tool": "Claude asked for something that does not exist here.",
    "only_answers": "This is a question, so nothing is changed.",
    "not_finished": "Claude is not done yet: a step has to be made again.",
    "title_fallback": "Files changed",
    "draft_title": "Kept from a request that was not finished",
    "check_unfinished": "{path} ends in the middle.",
    "check_missing": "What of your request is still missing? Ask for that next.",
    "check_replaced": "Some characters could not be stored and were replaced by �. Look for them.",
}
