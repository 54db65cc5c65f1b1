"""What is counted for operators, in Prometheus' text format at `/metrics`.

Each process counts what it does itself; adding processes up is Prometheus' job. Labels take few values by design: no
path, no user, no project. The registry belongs to the object, so that two apps in one process do not share numbers.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from glacia_ui.core.models import Generation, Usage

CONTENT_TYPE = CONTENT_TYPE_LATEST
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_GENERATION_SECONDS = (1, 2, 5, 10, 20, 40, 60, 120, 300, 600)


class Metrics:
    """The numbers of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "glacia_requests", "HTTP requests answered", ["area", "status"], registry=self._registry
        )
        self._request_seconds = Histogram(
            "glacia_request_seconds", "Time to answer", ["area"], buckets=_REQUEST_SECONDS, registry=self._registry
        )
        self._generations = Counter(
            "glacia_generations", "Generations ended here", ["outcome", "model"], registry=self._registry
        )
        self._generation_seconds = Histogram(
            "glacia_generation_seconds", "From start to end", buckets=_GENERATION_SECONDS, registry=self._registry
        )
        self._tokens = Counter("glacia_tokens", "Tokens of generations ended here", ["kind"], registry=self._registry)
        self._cost = Counter(
            "glacia_cost_usd", "Cost in US dollars; simulated cost apart", ["simulated"], registry=self._registry
        )

    def request_ended(self, area: str, status: int, seconds: float | None) -> None:
        """`area` is a short fixed word; no seconds for streams, whose length says nothing about speed."""
        self._requests.labels(area, f"{status // 100}xx" if status else "cut").inc()
        if seconds is not None:
            self._request_seconds.labels(area).observe(seconds)

    def generation_ended(self, generation: Generation) -> None:
        """Count one that this process ran."""
        usage = generation.usage or Usage()
        self._generations.labels(generation.outcome or "", generation.model).inc()
        self._generation_seconds.observe((generation.duration_ms or 0) / 1000)
        for kind in ("input", "output", "cache_read", "cache_write"):
            self._tokens.labels(kind).inc(getattr(usage, f"{kind}_tokens"))
        self._cost.labels("yes" if usage.is_simulated else "no").inc(float(usage.cost_usd))

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)
