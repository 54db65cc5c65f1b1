"""`python -m benchmarks.streams.glacia TOKENS`: Glacia itself, with the steady model."""

from __future__ import annotations

import sys

import app
from benchmarks.streams.steady import Steady

if __name__ == "__main__":
    app.main(Steady(int(sys.argv[1])))
