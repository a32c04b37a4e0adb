"""YAML text to nodes that know their place in it; every scalar stays text, and nothing here knows of exercises."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from rnncalc.errors import ExerciseError
from rnncalc.source.decoding import decode, read_bytes, read_stdin
from rnncalc.source.events import MOST_PROBLEMS, Builder
from rnncalc.source.nodes import File, Mapping, Node, Scalar, Sequence, touching
from rnncalc.source.syntax import explain
from rnncalc.source.writing import yaml_text

__all__ = [
    "MOST_PROBLEMS",
    "File",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "decode",
    "read_bytes",
    "read_file",
    "read_stdin",
    "read_text",
    "touching",
    "yaml_text",
]

# libyaml's parser is some fifty times quicker than the one in Python; both give the same events.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_BEFORE_QUOTES = re.compile(r"^[^\"'#\n]*\?[^\"'#\n]*", re.MULTILINE)
_UNKNOWN = re.compile(r"([\[,:][ \t]*)\?(?=[ \t]*(?:[,\]}]|$))", re.MULTILINE)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Garbage collection would take half of the time of a large file: a million new nodes, and no cycle among them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _readable(text: str) -> str:
    """The text with `_` for each `?` that stands for a number: `[1, ?]` is a mapping in YAML. Places stay what they
    are; lines are left alone from the first quotation mark or `#` on."""
    return _BEFORE_QUOTES.sub(lambda line: _UNKNOWN.sub(r"\1_", line[0]), text)


def read_file(path: Path) -> Node:
    """The document in the file. Raises UsageError if there is no such file, else what `read_text` raises."""
    return read_text(read_bytes(path), str(path))


def read_text(text: str | bytes, name: str) -> Node:
    """The document that the text holds; `name` is what messages call it.

    Raises ExerciseError with every mistake found, and LimitError if the text is too large.
    """
    text = decode(text, name)
    file = File(name, tuple(text.splitlines()))
    builder = Builder(file)
    try:
        with _collector_paused():
            return builder.build(_Loader(_readable(text) if "?" in text else text))
    # The loader in Python ends in a ValueError at an escape beyond Unicode, "\U00110000".
    except (yaml.YAMLError, ValueError) as error:
        raise ExerciseError(*builder.problems, explain(error, file)) from None
