"""`python -m tests.support.serve`: app.py with the demo model's speed, faults and answers in the test's hands.

The only way to reach the failure scenarios: no setting of the app leads here.
"""

from __future__ import annotations

import argparse
import json

import app
from glacia_ui.claude.demo.faults import Fault, Faults
from tests.support.scripted import ScriptedTransport, answer_from


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--faults", default="[]", help="a JSON list: null for a good answer, else a Fault's fields")
    parser.add_argument("--answers", default="[]", help="a JSON list of what the model says first, see answer_from")
    arguments = parser.parse_args()
    faults = Faults(fault and Fault(**fault) for fault in json.loads(arguments.faults))
    answers = [answer_from(given) for given in json.loads(arguments.answers)]
    app.main(ScriptedTransport(answers, speed=arguments.speed, faults=faults))


if __name__ == "__main__":
    main()
