"""A generated loop as a function: the one place where text is executed, all of it made here or by `interval_code`.

The text has nothing in reach but what it is given here. Names in it are numbered, numbers are passed in or written by
`repr`: nothing that a user wrote is pasted.
"""

from collections.abc import Callable, Mapping
from typing import Any


def loaded(text: str, reach: Mapping[str, Any], builtins: Mapping[str, Any]) -> Callable[..., Any]:
    """The function `loop` of the text."""
    names: dict[str, Any] = {"__builtins__": builtins, **reach}
    exec(compile(text, "<rnncalc loop>", "exec"), names)
    loop: Callable[..., Any] = names["loop"]
    return loop
