"""Playing a request back, on the build page."""

from __future__ import annotations

TEXTS = {
    "play_back": "Play it back",
    "replay": "Playing back",
    "replay_loading": "Opening…",
    "replay_play": "Play",
    "replay_pause": "Pause",
    "replay_again": "Play it again",
    "replay_skip": "To the end",
    "replay_leave": "Leave the replay",
    "replay_leave_title": "Leave the replay (Esc)",
    "replay_pace": "Pace",
    "replay_speed": "{speed} times as fast",
    "replay_place": "Place in the replay",
    "replay_at": "{at} of {of}",
}
