"""The library of networks: `cells/*.yaml` → Cell. A cell is equations with the names of its steps, no code."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from rnncalc.equations import Equation
from rnncalc.errors import Problem, UsageError, did_you_mean
from rnncalc.languages import Said
from rnncalc.reader import Reader
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, read_file, read_text


class Stage(Struct, frozen=True):
    """A step of the solution as a teacher would number it: its title, a remark, and the quantities worked out in it.
    `part` is the part of the network that it belongs to, such as `Layer 2, backward`."""

    title: Said
    remark: Said
    of: tuple[str, ...]
    part: Said = ""


class WrongEquation(Struct, frozen=True):
    """An equation as a student may have it who mistakes the cell; `kind` groups mistakes of one sort."""

    slug: str
    title: str
    hint: str
    kind: str
    equation: Equation


class Cell(Struct, frozen=True):
    """A network: `symbols` are the printed letters of quantities whose name in the equations is another, `mistakes`
    what is often taken for its equations."""

    name: str
    title: str
    reference: str
    equations: tuple[Equation, ...]
    symbols: Mapping[str, str] = {}
    stages: tuple[Stage, ...] = ()
    mistakes: tuple[WrongEquation, ...] = ()


KEYS = {
    "title": "What the network is called",
    "reference": "Where it was first described",
    "equations": "One equation a line: `h[t] = tanh(W @ h[t-1] + U @ x[t] + b)`",
    "symbols": "Printed letters of quantities: `{g: c̃}`",
    "steps": "The steps of the solution: a list of `{title: …, remark: …, of: [quantities]}`",
    "mistakes": "Wrong equations, a list of `{slug: …, title: …, hint: …, kind: …, equation: …}`",
}


def cell_names() -> list[str]:
    """The cells that come with rnncalc."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


@cache
def library_cell(name: str) -> Cell:
    """A cell of the library by its name; KeyError if there is none."""
    if name not in cell_names():
        raise KeyError(name)
    return read_cell(read_text((_folder() / f"{name}.yaml").read_bytes(), f"{name}.yaml"), name)


def find_cell(name: str) -> Cell:
    """A cell of the library. Raises UsageError with a suggestion if there is none."""
    if name in cell_names():
        return library_cell(name)
    hint = did_you_mean(name, cell_names(), "`rnncalc cells` lists them")
    raise UsageError(Problem(f"there is no cell `{name}`", None, hint))


def any_cell(name: str) -> Cell:
    """A cell of the library, or the one of a file that ends in `.yaml`."""
    if name.endswith((".yaml", ".yml")):
        return read_cell(read_file(Path(name)), Path(name).stem)
    return find_cell(name)


def read_cell(node: Node, name: str) -> Cell:
    """A cell from its file. Raises ExerciseError with every problem found."""
    reader = Reader()
    root = reader.mapping(node, KEYS, "a cell")
    equations = reader.equations(root.get("equations"), node, required=True)
    cell = Cell(
        name,
        reader.text(root.get("title")) or name,
        reader.text(root.get("reference")),
        equations,
        reader.names_to_text(root.get("symbols"), "`symbols:`"),
        read_stages(reader, root.get("steps"), equations),
        tuple(_wrong_equations(reader, root.get("mistakes"), equations)),
    )
    reader.finish()
    return cell


def _wrong_equations(reader: Reader, node: Node | None, equations: tuple[Equation, ...]) -> Iterator[WrongEquation]:
    """The `mistakes:` section; each wrong equation stands for one of the cell."""
    targets = {equation.target for equation in equations}
    words = ("slug", "title", "hint", "kind")
    for item in reader.items(node, "a list of mistakes"):
        keys = reader.mapping(item, (*words, "equation"), "a mistake")
        slug, title, hint, kind = (reader.text(keys.get(key)) for key in words)
        for equation in reader.equations(keys.get("equation"), item, required=True):
            if equation.target not in targets:
                what = f"`{equation.name}` is not computed by this cell in that form"
                reader.problem(what, keys["equation"], "write one of its equations, changed on the right")
            yield WrongEquation(slug, title, hint, kind or "equation", equation)


def read_stages(reader: Reader, node: Node | None, equations: tuple[Equation, ...], own: str = "") -> tuple[Stage, ...]:
    """The `steps:` section, in a file whose `own` language may be given; every quantity named must have an equation.

    Titles and remarks in several languages are chosen now, others are translated when they are said.
    """
    known = dict.fromkeys(equation.name for equation in equations)
    stages = []
    for item in reader.items(node, "a list of steps"):
        keys = reader.mapping(item, dict.fromkeys(("title", "remark", "of"), ""), "a step")
        of = [reader.choice(name, known, "quantity") for name in reader.items(keys.get("of"), "a list of quantities")]
        title, remark = (
            reader.wording(words, own) if isinstance(words, MappingNode) else reader.text(words)
            for words in (keys.get("title"), keys.get("remark"))
        )
        stages.append(Stage(title, remark, tuple(of)))
    return tuple(stages)


def _folder() -> Path:
    return Path(__file__).parent / "cells"
