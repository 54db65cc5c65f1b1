"""`python -m tests.support.serve`: app.py with the demo model's speed and faults in the test's hands.

The only way to reach the failure scenarios: no setting of the app leads here.
"""

from __future__ import annotations

import argparse
import json

import app
from glacia_ui.claude.demo import DemoTransport
from glacia_ui.claude.demo.faults import Fault, Faults


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--faults", default="[]", help="a JSON list: null for a good answer, else a Fault's fields")
    arguments = parser.parse_args()
    faults = Faults(fault and Fault(**fault) for fault in json.loads(arguments.faults))
    app.main(DemoTransport(speed=arguments.speed, faults=faults))


if __name__ == "__main__":
    main()
