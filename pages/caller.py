"""On whose behalf a Gradio handler runs. The guard in front of Gradio has checked the session already."""

from __future__ import annotations

import gradio as gr

from glacia_ui.db.transport import Caller
from glacia_ui.errors import AuthenticationError


def caller_of(request: gr.Request) -> Caller:
    """The signed-in user behind a Gradio event. Raises AuthenticationError when nobody was let in."""
    admission = getattr(request.request.state, "admission", None) if request.request else None
    if admission is None:
        raise AuthenticationError("a Gradio event outside the guard")
    caller: Caller = admission.caller
    return caller
