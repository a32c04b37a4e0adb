"""Writers of documents: each module of this folder is one format, found by its name and loaded on demand.

To add a format, add `NAME.py` with a function `write(document)` that returns text (or bytes), other arguments being
keywords with defaults, and with `ENDING`, how the names of its files end. Folders, and files that begin with `_`, are
tools that formats share.
"""

import pkgutil
from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from rnncalc.errors import Problem, UsageError, in_backticks
from rnncalc.languages import has_decimal_commas

Writer = Callable[..., str | bytes]
"""`write(document)`, with options of its own (`terminal` takes `width` and `colour`)."""


def names() -> tuple[str, ...]:
    """The formats there are, in alphabetical order; none is loaded."""
    found = (module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)
    return tuple(sorted(name for name in found if not name.startswith("_")))


def writer(name: str) -> Writer:
    """The writer of a format, with decimal commas where they are asked for. Raises UsageError for a format there is
    not."""
    write: Writer = _module(name).write
    if not has_decimal_commas():
        return write
    from rnncalc.formats._commas import with_commas

    return lambda document, **options: write(with_commas(document), **options)


def ending(name: str) -> str:
    """How the names of files of a format end: `.md`. Raises UsageError for a format there is not."""
    return str(_module(name).ENDING)


def of_ending(wanted: str) -> str | None:
    """The format whose files end so, if there is one."""
    return next((name for name in names() if ending(name) == wanted), None)


def _module(name: str) -> Any:
    if name not in names():
        raise UsageError(_unknown(name))
    return import_module(f"{__name__}.{name}")


def _unknown(name: str) -> Problem:
    near = get_close_matches(name, names(), n=1)
    every = in_backticks(names())
    return Problem(
        f"there is no format `{name}`",
        hint=f"did you mean `{near[0]}`?" if near else f"the formats are {every}",
    )
