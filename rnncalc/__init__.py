"""rnncalc: worked solutions of the exercises of recurrent neural networks.

>>> from rnncalc import load, solve
>>> solution = solve(load("exercise2.yaml"))
>>> print(solution)                                        # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnncalc.api import (
        Exercise,
        ExerciseError,
        Precision,
        RnncalcError,
        Solution,
        UsageError,
        load,
        loads,
        solve,
        solve_for,
    )

__all__ = [
    "Exercise",
    "ExerciseError",
    "Precision",
    "RnncalcError",
    "Solution",
    "UsageError",
    "load",
    "loads",
    "solve",
    "solve_for",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The public names, loaded when they are first used: `import rnncalc` alone costs nothing."""
    if name in __all__:
        return getattr(import_module("rnncalc.api"), name)
    raise AttributeError(f"module 'rnncalc' has no attribute '{name}'")
