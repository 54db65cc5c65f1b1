"""What a request will cost and which model answers it, on the build page: said before it is sent."""

from __future__ import annotations

TEXTS = {
    "model": "Model and its price",
    "model_price": "{name} · {input} / {output}",
    "model_title": "Dollars for a million tokens that Claude reads / writes.",
    "model_title_simulated": "The demo model answers, whatever you choose. Its costs are simulated: dollars for a million "
    "tokens read / written.",
    "quote_cost": "{cost}",
    "quote_about": "about {cost}",
    "quote_simulated": "{cost} simulated",
    "quote_uses": "uses {count} of {left}",
    "quote_yours": "From your own requests: four of five end within this range.",
    "quote_typical": "From typical requests, until you have made a few of your own.",
}
