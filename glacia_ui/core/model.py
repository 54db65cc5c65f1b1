"""What all our values are made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Immutable, and strict about unknown fields: the SQL and Python must agree."""

    model_config = ConfigDict(frozen=True, extra="forbid")
