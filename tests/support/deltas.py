"""How a whole answer of the demo model goes, so that a test can break it at a chosen place."""

from __future__ import annotations

import math

from glacia_ui.claude.client import Claude
from glacia_ui.claude.demo import DemoTransport
from glacia_ui.core.prompt import ModelRequest
from glacia_ui.core.staging import Staging


async def count_deltas(prompt: str, model: str) -> dict[str, int]:
    """Deltas before the first text (`thinking`), before the first file (`text`), and in `all`."""
    claude = Claude(api_key="test", transport=DemoTransport(speed=math.inf), is_simulated=True)
    async with claude.run(ModelRequest(prompt, model, {}), Staging({})) as run:
        kinds = [kind async for kind, _ in run if kind.endswith("delta")]
    await claude.aclose()
    return {"thinking": kinds.index("message.delta"), "text": kinds.index("file.delta"), "all": len(kinds)}
