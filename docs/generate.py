"""Rewrites the generated parts of the documentation: what commands print, tables made from the code, the picture.

    python docs/generate.py            write every part anew
    python docs/generate.py --check    change nothing; say which pages are stale, exit code 1 if any is

A part stands between `<!-- KIND: WHAT -->` and `<!-- end -->`. The kinds are
    run      the shell command WHAT and what it prints on 80 columns; `fails` is the same for a command that must fail
    file     an example file of docs/examples/
    table    a table of `TABLES` below
Commands run in an empty folder that holds the example files and `exercises/`; what one writes, the next may read.
"""

import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from ast import get_docstring, parse
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from textwrap import dedent

from picture import picture

from rnncalc import cell, cli, formats, library, loads, solve
from rnncalc.cli.program import Exit
from rnncalc.equations.functions import ALIASES, FUNCTIONS, Function
from rnncalc.exercise.keys import KEYS
from rnncalc.pages.handbook import FAMILIES, OTHERS, family
from rnncalc.source import read_file

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"
PICTURE = ROOT / "docs" / "exercise2.svg"
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))

_PART = re.compile(r"(?P<head><!-- (?P<kind>run|fails|file|table): (?P<what>.+?) -->\n)(?P<body>.*?)<!-- end -->", re.S)


def regenerated(page: Path) -> str:
    """The text of a page with every part made anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
        shutil.copytree(ROOT / "exercises", folder / "exercises")
        return _PART.sub(lambda match: _part(match, folder), page.read_text(encoding="utf-8"))


def all_regenerated() -> dict[Path, str]:
    """Every page made anew, as many at a time as there are processors: each waits for its commands."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(PAGES, pool.map(regenerated, PAGES), strict=True))


def _part(match: re.Match[str], folder: Path) -> str:
    kind, what = match["kind"], match["what"]
    if kind == "file":
        body = _fenced("yaml", (EXAMPLES / what).read_text(encoding="utf-8"))
    elif kind == "table":
        body = TABLES[what]()
    else:
        body = _fenced("console", f"$ {what}\n{printed(what, folder, fails=kind == 'fails')}")
    return f"{match['head']}{body}<!-- end -->"


def printed(command: str, folder: Path, fails: bool = False, columns: int = 80) -> str:
    """What a shell command prints, both streams. Stops with an error if it fails, or should fail and does not."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "COLUMNS": str(columns), "PYTHONUTF8": "1", "LANGUAGE": "en"}
    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
    )  # fmt: skip
    if bool(run.returncode) != fails:
        raise SystemExit(f"`{command}` ended with exit code {run.returncode}:\n{run.stdout}")
    return run.stdout


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"


# ---------------------------------------------------------------- tables


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(header), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def functions() -> str:
    """The element-wise functions, with their values at three numbers."""
    rows = [row for row in FUNCTIONS.values() if row.kind == "elementwise"]
    header = ("function", "other spellings", "printed", "in the language itself", *(f"at {at}" for at in _AT))
    return _table(header, map(_function, rows))


_AT = ("−2", "0", "2")


def _function(row: Function) -> Iterator[str]:
    constants = "".join(f", {_short(constant)}" for constant in row.constants)
    yield f"`{row.name}(x{constants})`"
    yield ", ".join(f"`{other}`" for other, name in ALIASES.items() if name == row.name)
    yield row.unicode
    yield f"`{row.definition}`" if row.definition else ""
    for at in _AT:
        yield _value(row.name, at)


def _short(constant: Fraction) -> str:
    return str(float(constant)) if constant.denominator % 3 and constant else str(constant)


def _value(function: str, at: str) -> str:
    from rnncalc import ExerciseError, Precision

    text = f"equations: 'y = {function}(x)'\nparameters: {{x: {at}}}\n"
    try:
        answer = solve(loads(text), precision=Precision(6)).text("answers")
    except ExerciseError:
        return "none"
    relation, digits = re.findall(r"y ([=≈]) (\S+)", answer)[-1]
    return digits if relation == "=" else f"≈ {digits}"


def digits() -> str:
    """Three numbers as the options print them."""
    from rnncalc.numbers import Precision, round_exact

    options = {
        "(default)": Precision(),
        "`--digits 6`": Precision(6),
        "`--significant 3`": Precision(3, "significant"),
    }
    numbers = [Fraction("12.34567"), Fraction("0.000120377"), Fraction("1.204117e-30")]
    header = ("option", *(str(float(number)) for number in numbers))
    rows = [(option, *(round_exact(number, kind).text for number in numbers)) for option, kind in options.items()]
    return _table(header, rows)


def grammar() -> str:
    """The grammar as the parser states it."""
    text = get_docstring(parse((ROOT / "rnncalc" / "equations" / "parse.py").read_text(encoding="utf-8"))) or ""
    return _fenced("text", dedent(next(part for part in text.split("\n\n") if " = " in part)))


def exercise_keys() -> str:
    return _table(("key", "what it is"), ((f"`{name}`", purpose) for name, (purpose, _) in KEYS.items()))


def cell_keys() -> str:
    return _table(("key", "what it is"), ((f"`{name}`", purpose) for name, purpose in cell.KEYS.items()))


def format_names() -> str:
    folder = ROOT / "rnncalc" / "formats"
    rows = ((f"`{name}`", f"`{formats.ending(name)}`", _sentence(folder / f"{name}.py")) for name in formats.names())
    return _table(("format", "ending", "what it is"), rows)


def exit_codes() -> str:
    meaning = {
        Exit.OK: "all went well",
        Exit.DISAGREES: "solved, but the file's `expect:` says something else",
        Exit.BAD_INPUT: "the file or the command cannot be used as written",
        Exit.BUG: "a mistake in rnncalc itself",
        Exit.INTERRUPTED: "stopped by Ctrl-C",
    }
    return _table(("exit code", "meaning"), ((str(int(code)), meaning[code]) for code in Exit))


def cells() -> str:
    """The library by families, with where each network comes from."""
    known: dict[str, list[tuple[str, ...]]] = {}
    for one in map(cell.library_cell, cell.cell_names()):
        known.setdefault(family(one.name), []).append((one.name, str(one.title), one.reference))
    titles = [title for title in (*(title for title, _ in FAMILIES), OTHERS) if title in known]
    return "\n\n".join(f"## {title}\n\n{_table(('name', 'network', 'reference'), known[title])}" for title in titles)


def sources() -> str:
    """What each document states, and the exercises that work it out."""
    shown: dict[str, list[str]] = {}
    for name in library.names():
        for tag in tags(name):
            shown.setdefault(tag, []).append(f"[{name}](../exercises/{name}.yaml)")
    return "\n".join(
        f"## {title.text}\n\n" + _table(("row", "what it states", "exercises"), (
            (row.text, said.text, ", ".join(shown.get(row.text, []))) for row, said in rows.entries
        ))
        for title, rows in read_file(ROOT / "docs" / "sources.yaml").entries
    )  # fmt: skip


def tags(exercise: str) -> list[str]:
    """The tags of a shipped exercise."""
    node = read_file(library.folder() / f"{exercise}.yaml").get("tags")
    return [] if node is None else [item.text for item in getattr(node, "items", (node,))]


def commands() -> str:
    """`--help` of the program and of every command."""
    names = [command.name for command in cli.application().registered_commands]
    parts = []
    for name in ("", *names):
        command = f"rnncalc {name} --help".replace("  ", " ")
        title = f"## {name}\n\n" if name else ""
        parts.append(title + _fenced("console", f"$ {command}\n{printed(command, ROOT)}"))
    return "\n".join(parts)


def rooms() -> str:
    """Every module of the package with the first sentence of its docstring, in the order of imports; below it the
    modules of the large folders."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layered = {one["containers"][0]: one["layers"] for one in contracts if one["type"] == "layers"}
    return "\n\n".join(_rooms(container, layers) for container, layers in layered.items())


def _rooms(container: str, layers: Iterable[str]) -> str:
    folder = container.replace(".", "/").removeprefix("rnncalc").lstrip("/")
    names = [name for layer in reversed([*layers]) for name in re.findall(r"\w+", layer)]
    files = [(f"{folder}/{name}" if folder else name) for name in names]
    rows = [(f"`{name}{'/' if module(name).name == '__init__.py' else ''}`", _sentence(module(name))) for name in files]
    return _table((f"in `{folder}/`" if folder else "room", "what it is"), rows)


def module(name: str) -> Path:
    """The file of a module of the package, or the `__init__.py` of a folder."""
    folder = ROOT / "rnncalc" / name
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


def modules() -> set[str]:
    """The modules and folders of the package, with the modules of the folders whose imports have an order."""
    top = ROOT / "rnncalc"
    found = {one.name for one in pkgutil.iter_modules([str(top)])}
    named = {Path(row).parent for row in re.findall(r"^\| `(\w+/\w+)/?` \|", rooms(), re.M)}
    return found | {f"{room}/{one.name}" for room in named for one in pkgutil.iter_modules([str(top / room)])}


def _sentence(file: Path) -> str:
    """The first sentence of a module's docstring, on one line."""
    text = get_docstring(parse(file.read_text(encoding="utf-8"))) or ""
    return re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0].removesuffix(".")


TABLES: dict[str, Callable[[], str]] = {
    "digits": digits,
    "grammar": grammar,
    "functions": functions,
    "exercise keys": exercise_keys,
    "cell keys": cell_keys,
    "formats": format_names,
    "exit codes": exit_codes,
    "commands": commands,
    "rooms": rooms,
    "sources": sources,
    "cells": cells,
}


def svg() -> str:
    """The coloured page of exercise 2, its middle left out."""
    command = "rnncalc solve lstm exercises/vietai/exercise2.yaml"
    return picture(command, printed(f"{command} --color always", ROOT).splitlines())


def main() -> int:
    made = all_regenerated() | {PICTURE: svg()}
    stale = [page for page, text in made.items() if not page.exists() or page.read_text(encoding="utf-8") != text]
    for page in stale:
        if "--check" not in sys.argv:
            page.write_text(made[page], encoding="utf-8")
        print(("stale: " if "--check" in sys.argv else "written: ") + str(page.relative_to(ROOT)))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
