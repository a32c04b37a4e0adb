"""Gradescope: the `results.json` of one submission, and a folder that grades submissions there."""

import json
import shlex
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from rnncalc.checking import Cause, Marking, Part, Report
from rnncalc.document import plain
from rnncalc.errors import printable
from rnncalc.exercise.policy import Policy
from rnncalc.formats import writer
from rnncalc.languages import language, speaking
from rnncalc.pages.feedback import feedback
from rnncalc.pages.verdicts import name_row, verdict_text

_SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, to set up the machine that grades.
set -e
apt-get update
apt-get install -y python3 python3-venv
# Ubuntu 22.04 has an older Python, and this one beside it.
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || apt-get install -y python3.11 python3.11-venv
$(command -v python3.11 || command -v python3) -m venv /opt/rnncalc
/opt/rnncalc/bin/pip install -r /autograder/source/requirements.txt
"""
_RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for every submission: the student's sheet against the exercise.
cd /autograder
PYTHONPATH=source /opt/rnncalc/bin/python -m rnncalc grade {arguments} --gradescope -o results/results.json
"""


def results(
    report: Report, marking: Marking, causes: tuple[Cause, ...] = (), reveal: bool = False, note: str = ""
) -> str:
    """`results.json`: a test for each part with its score, and as output a note and the student's page."""
    page = str(writer("terminal")(feedback(report, marking, causes, reveal), width=80))
    page = f"{printable(note)}\n\n{page}" if note else page
    with speaking(language(report.exercise.lang)):
        tests = [_test(report, part) for part in report.parts]
    return json.dumps({"output": page, "output_format": "text", "tests": tests}, indent=2, ensure_ascii=False) + "\n"


def _test(report: Report, part: Part) -> dict[str, Any]:
    said = "; ".join(verdict_text(one) for one in part.judged)
    return {
        "name": printable(plain((name_row(report, part.key),))),
        "score": _number(part.earned),
        "max_score": _number(part.marks),
        "output": printable(said),
        "visibility": "visible",
    }


def _number(value: Fraction) -> float | int:
    return value.numerator if value.denominator == 1 else float(value)


def failed(problem: str) -> str:
    """`results.json` of a submission that cannot be read."""
    return json.dumps({"score": 0, "output": printable(problem), "visibility": "visible"}, ensure_ascii=False) + "\n"


def autograder(exercise: str, options: Sequence[str], requirements: Sequence[str]) -> dict[str, str]:
    """The files by name that set up the machine and grade there against `source/{exercise}`; `requirements` are the
    packages that rnncalc needs."""
    run = _RUN.format(arguments=shlex.join([f"source/{exercise}", "submission", *options]))
    return {"setup.sh": _SETUP, "run_autograder": run, "requirements.txt": "".join(f"{one}\n" for one in requirements)}


def options(policy: Policy, decimal_comma: bool, language: str, reveal: bool) -> Iterator[str]:
    """What to say on the command line so that answers are marked in this way."""
    if policy.digits is not None:
        yield from ("--digits", str(policy.digits))
    if policy.tolerance is not None:
        yield from ("--tolerance", str(policy.tolerance))
    yield from ("--rounding", policy.rounding, "--each", policy.each)
    for verdict, credit in policy.credit.items():
        yield from ("--credit", f"{verdict}={credit}")
    yield from ("--decimal-comma",) if decimal_comma else ()
    yield from ("--lang", language) if language else ()
    yield from ("--reveal",) if reveal else ()
