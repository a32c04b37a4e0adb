"""Solutions and pages to where they are wanted: a stream or a file, in the format asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rnncalc import formats
from rnncalc import output as streams
from rnncalc.cli.asked import format_name


def write_text(text: str, output: Path | None) -> None:
    streams.write(text, output)


def write_solutions(
    solutions: list[Any], name: str, detail: Any, output: Path | None, color: str, equations: bool = False
) -> None:
    """Pages one below the other in a format that is a stream of text, as one sheet in the others; with the equations of
    their networks, if these are wanted."""
    from rnncalc.api import answer_key

    if name == "json":
        write_json(one_or_all([solution.record() for solution in solutions]), output)
    elif name in ("terminal", "markdown") and len(solutions) > 1:
        write = formats.writer(name)
        options = _terminal(output, color) if name == "terminal" else {}
        streams.write("\n".join(str(write(one.page(detail, equations), **options)) for one in solutions), output)
    else:
        alone = len(solutions) == 1
        page = solutions[0].page(detail, equations) if alone else answer_key(solutions, detail)
        write_page(page, name, color, output)


def _terminal(output: Path | None, color: str) -> dict[str, Any]:
    return {"width": streams.width(output), "colour": streams.colour(color, output)}


def one_or_all(records: list[Any]) -> Any:
    """What `--json` prints of several files is a list, of one file it is that alone."""
    return records[0] if len(records) == 1 else records


def write_found(name: str, page: Callable[[], Any], record: Callable[[], Any], color: str, output: Path | None) -> None:
    """What was found, as JSON or as a page: only one of the two is made."""
    if name == "json":
        write_json(record(), output)
    else:
        write_page(page(), name, color, output)


def write_page(page: Any, name: str | None, color: str, output: Path | None) -> None:
    """A page in the format of this name, or else of the ending of the file."""
    name = format_name(False, name, output)
    options = _terminal(output, color) if name == "terminal" else {}
    streams.write(formats.writer(name)(page, **options), output)


def write_json(record: Any, output: Path | None) -> None:
    """A record as JSON that is safe to print."""
    import json
    import re

    text = json.dumps(record, indent=2, ensure_ascii=False)
    # JSON may hold these characters as they are, but a terminal would obey them.
    obeyed = "[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
    streams.write(re.sub(obeyed, lambda found: f"\\u{ord(found[0]):04x}", text), output)
