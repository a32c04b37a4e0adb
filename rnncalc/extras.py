"""Packages that only some commands need: imported when they are, and how to install one that is not there."""

from importlib import import_module
from typing import Any

from rnncalc.errors import Problem, UsageError


def needs(package: str, install: str, what: str) -> Any:
    """The package. Raises UsageError with the command that installs it: `what` is done with it."""
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package.partition(".")[0]:
            raise
        problem = Problem(f"{what} with the package {package}, which is not installed", None, install)
        raise UsageError(problem) from None
