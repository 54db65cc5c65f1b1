"""The built-in model: answers when there is no key, and in tests. No network, no magic: it knows a few kinds of page.

transport (speaks HTTP) → mind (decides) → brief (what is asked for) → build (a new page) | follow_ups (a change)
"""

from __future__ import annotations

from glacia_ui.claude.demo.faults import Fault, Faults
from glacia_ui.claude.demo.transport import DemoTransport

__all__ = ["DemoTransport", "Fault", "Faults"]
