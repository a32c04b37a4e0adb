"""Gradescope: the `results.json` of one submission, and a folder that grades submissions there."""

import json
from fractions import Fraction
from typing import Any

from rnncalc.checking import Cause, Marking, Part, Report
from rnncalc.document import plain
from rnncalc.errors import printable
from rnncalc.formats import writer
from rnncalc.languages import language, speaking
from rnncalc.pages.feedback import feedback
from rnncalc.pages.verdicts import name_row, verdict_text

_SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, to set up the machine that grades.
set -e
apt-get update && apt-get install -y python3 python3-venv
python3 -m venv /opt/rnncalc
/opt/rnncalc/bin/pip install rnncalc
"""
_RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for every submission: the student's only sheet against exercise.yaml.
sheet=$(ls /autograder/submission/*.yaml /autograder/submission/*.yml /autograder/submission/*.json \\
  /autograder/submission/*.csv 2>/dev/null | head -n 1)
cd /autograder
/opt/rnncalc/bin/rnncalc grade source/exercise.yaml "$sheet" --gradescope -o results/results.json
"""


def results(report: Report, marking: Marking, causes: tuple[Cause, ...] = ()) -> str:
    """`results.json`: a test for each part with its score, and the student's page as output."""
    page = str(writer("terminal")(feedback(report, marking, causes), width=80))
    with speaking(language(report.exercise.lang)):
        tests = [_test(report, part) for part in report.parts]
    return json.dumps({"output": page, "output_format": "text", "tests": tests}, indent=2, ensure_ascii=False) + "\n"


def _test(report: Report, part: Part) -> dict[str, Any]:
    said = "; ".join(verdict_text(one) for one in part.judged)
    return {
        "name": printable(plain((name_row(report, part.key),))),
        "score": _number(part.earned),
        "max_score": _number(part.marks),
        "output": said,
        "visibility": "visible",
    }


def _number(value: Fraction) -> float | int:
    return value.numerator if value.denominator == 1 else float(value)


def failed(problem: str) -> str:
    """`results.json` of a submission that cannot be read."""
    return json.dumps({"score": 0, "output": printable(problem), "visibility": "visible"}, ensure_ascii=False) + "\n"


def autograder(exercise: str) -> dict[str, str]:
    """The files of the folder by name; its zip is what Gradescope asks for."""
    return {"setup.sh": _SETUP, "run_autograder": _RUN, "exercise.yaml": exercise}
