"""Whose Gradio session is it? Gradio asks nobody: whoever knows a `session_hash` may read its events and stop its runs.

The browser makes the hash up with Math.random, so it is no secret. The first user who shows it owns it; from then on it
exists for nobody else. A user keeps the newest few hundred, so that nobody can push out what belongs to others.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from uuid import UUID

_MOST_PER_USER = 500


class GradioSessions:
    """Owners of session hashes in this process; Gradio's own state lives and dies with the process, too."""

    def __init__(self) -> None:
        self._owners: dict[str, UUID] = {}
        self._hashes: defaultdict[UUID, OrderedDict[str, None]] = defaultdict(OrderedDict)

    def is_owned(self, session_hash: str, user_id: UUID) -> bool:
        """Whether the session is this user's; one that is nobody's becomes theirs."""
        if self._owners.setdefault(session_hash, user_id) != user_id:
            return False
        mine = self._hashes[user_id]
        mine[session_hash] = None
        mine.move_to_end(session_hash)
        if len(mine) > _MOST_PER_USER:
            oldest, _ = mine.popitem(last=False)
            del self._owners[oldest]
        return True
