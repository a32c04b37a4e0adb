"""Programs that run a recurrent layer beside us: each module of this folder is one, loaded only when it is asked for.

To add one, add `NAME.py` with `TOLERANCE`, a difference that its arithmetic explains, `version()`, and
`run(directions, x)`: one or two runs and the inputs, a row for each step → for each direction its states `h`, a row for
each step in the order of time, and the last `c` of an LSTM.
"""

import pkgutil
from importlib import import_module
from typing import Any

from rnncalc.errors import Problem, UsageError, did_you_mean


def names() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(__path__)]


def program(name: str) -> Any:
    """The module of a program. Raises UsageError if there is none."""
    if name not in names():
        hint = did_you_mean(name, names(), f"known: {', '.join(names())}")
        raise UsageError(Problem(f"there is no program `{name}` to verify against", None, hint))
    return import_module(f"{__name__}.{name}")


def cannot(program: str, what: str, instead: str) -> UsageError:
    """The error of a layer that a program does not have."""
    return UsageError(Problem(f"{program} has no layer {what}", None, instead))
