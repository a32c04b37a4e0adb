"""What a newcomer adds is taken up here by itself: a cell, a function, a format, an exercise, a language, a domain."""

import inspect
import pkgutil
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest
from translate import FOLDER, languages, template

from rnncalc import formats, library, load, loads, solve
from rnncalc.cell import cell_names, library_cell
from rnncalc.document import Document
from rnncalc.equations import FUNCTIONS, Evaluation, domains, infer, parse_equations, source
from rnncalc.errors import UsageError, WeightsError
from rnncalc.exercise.network import evaluate
from rnncalc.languages.catalogue import read_catalogue
from rnncalc.numbers import Precision
from rnncalc.pages.explain import Detail, explain
from rnncalc.solving import Disagreement, Uncertified
from rnncalc.starter import starter
from rnncalc.verification import programs, verify
from rnncalc.weights import readers


@pytest.fixture(autouse=True)
def _enough_bits() -> Iterator[None]:
    with flint.ctx.workprec(200):
        yield


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize("name", cell_names())
def test_cell(name: str) -> None:
    """It says what it is and where it comes from, each equation belongs to a step, and its starter can be solved."""
    cell = library_cell(name)
    assert cell.title
    assert cell.reference
    assert infer(cell.equations, {}).conflicts == ()
    assert {of for stage in cell.stages for of in stage.of} == {equation.name for equation in cell.equations}
    assert all(stage.title and stage.remark for stage in cell.stages)
    assert parse_equations("\n".join(map(source, cell.equations))) == cell.equations
    solution = solve(loads(starter(cell, "my.yaml")))
    assert solution.remarks == ()
    assert solution.answers


# ---------------------------------------------------------------- functions

ELEMENTWISE = [name for name, row in FUNCTIONS.items() if row.kind == "elementwise"]
POINTS = [Fraction(n, 4) for n in (-41, -12, -10, -4, -3, -1, 0, 1, 2, 4, 7, 10, 12, 41)]


def value(function: str, point: Fraction) -> Any:
    """The ball, or None where the function has no real value."""
    row = FUNCTIONS[function]
    assert row.ball is not None
    ball = row.ball(flint.arb(flint.fmpq(point.numerator, point.denominator)), *map(_ball, row.constants))
    return ball if ball.is_finite() else None


def _ball(constant: Fraction) -> Any:
    return flint.arb(flint.fmpq(constant.numerator, constant.denominator))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_function(name: str) -> None:
    """Its float64, ball, rational value and definition are one function; it has both spellings."""
    row = FUNCTIONS[name]
    assert row.name == name
    assert row.unicode
    assert row.latex
    assert row.float64 is not None
    defined = [point for point in POINTS if value(name, point) is not None]
    assert len(defined) > len(POINTS) / 3
    for point in defined:
        true = float(value(name, point))
        constants = map(float, row.constants)
        assert row.float64(np, np.array(float(point)), *constants) == pytest.approx(true, rel=1e-13, abs=1e-16)
        exact = row.rational(flint.fmpq(point.numerator, point.denominator), *map(_rational, row.constants))
        if exact is not None:
            assert value(name, point).overlaps(flint.arb(_rational(exact)))
        if row.definition:
            text = f"equations: 'y = {row.definition}'\nfind: [y]\nparameters: {{x: {point}}}\n"
            assert float(solve(loads(text))["y"][0][0]) == pytest.approx(true, rel=1e-13)


def _rational(number: Any) -> Any:
    return flint.fmpq(number.numerator, number.denominator) if isinstance(number, Fraction) else flint.fmpq(number)


# ---------------------------------------------------------------- formats


@cache
def page(exercise: str, detail: Detail = "steps") -> Document:
    return explain(solve(load(exercise)), detail)


# Setting a long PDF file takes a second; what stands in it is the typst file of the same page.
FEW = {"pdf": ("vietai/exercise3", "networks/attention-additive")}


@pytest.mark.parametrize(("name", "exercise"), [(n, e) for n in formats.names() for e in FEW.get(n, library.names())])
def test_format(name: str, exercise: str) -> None:
    """It writes every shipped exercise, with no option set."""
    write = formats.writer(name)
    assert [p for p in list(inspect.signature(write).parameters.values())[1:] if p.default is p.empty] == []
    assert write(page(exercise))


@pytest.mark.parametrize("name", formats.names())
def test_format_of_every_detail(name: str) -> None:
    """It says more the more is asked for, and the same every time."""
    write = formats.writer(name)
    pages = [page("vietai/exercise2", detail) for detail in ("answers", "steps", "full")]
    written = [write(one) for one in pages]
    assert written == [write(one) for one in pages]
    assert 0 < len(written[0]) < len(written[1]) < len(written[2])


@pytest.mark.parametrize("name", formats.names())
def test_format_of_an_ending(name: str) -> None:
    assert formats.of_ending(formats.ending(name)) == name


# ---------------------------------------------------------------- exercises


@pytest.mark.parametrize("name", library.names())
def test_exercise(name: str) -> None:
    """It says what it is and where it comes from, and every value it expects is found."""
    exercise = load(name)
    assert exercise.title != exercise.name
    assert exercise.source
    assert exercise.expect
    solution = solve(exercise)
    assert [remark for remark in solution.remarks if isinstance(remark, Disagreement | Uncertified)] == []
    asked = {(found.name, found.position) for found in solution.answers}
    plan = solution.exercise.network.plan
    assert asked <= {(one.quantity.name, at) for one in exercise.expect for at in plan.positions(one.quantity)}


# ---------------------------------------------------------------- formats of weights


@pytest.mark.parametrize("name", [found.name for found in pkgutil.iter_modules(readers.__path__)])
def test_reader(name: str, tmp_path: Path) -> None:
    """It says which files are its own, no other reads them, and what is none of them is an error and no crash."""
    every = [import_module(f"{readers.__name__}.{found.name}") for found in pkgutil.iter_modules(readers.__path__)]
    own = import_module(f"{readers.__name__}.{name}").ENDINGS
    assert own
    for ending in own:
        assert [module.__name__.rpartition(".")[2] for module in every if ending in module.ENDINGS] == [name]
        file = tmp_path / f"junk{ending}"
        file.write_bytes(b"\x93 this is something else \x00\xff")
        with pytest.raises(WeightsError):
            readers.read(file)


# ---------------------------------------------------------------- programs to verify against


@pytest.mark.parametrize("name", programs.names())
def test_program(name: str) -> None:
    """It has a layer of at least one of the shipped networks, and finds what we find."""
    module = programs.program(name)
    assert 0 < module.TOLERANCE < 1e-3
    try:
        version = module.version()
    except UsageError as error:
        pytest.skip(f"{error.problems[0].what}: {error.problems[0].hint}")
    found = verify(load("networks/lstm-torch"), name)
    assert found.program == version
    assert found.agrees


# ---------------------------------------------------------------- number domains


def all_domains() -> Iterator[Any]:
    """Every class of a file of `domains/` that has the methods of the protocol."""
    methods = [name for name in vars(domains.Domain) if not name.startswith("_")]
    for found in pkgutil.iter_modules(domains.__path__, f"{domains.__name__}."):
        module = import_module(found.name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            own = kind.__module__ == found.name and not inspect.isabstract(kind)
            if own and all(hasattr(kind, method) for method in methods):
                yield kind


def type_name(kind: Any) -> str:
    return str(kind.__name__)


@pytest.mark.parametrize("kind", list(all_domains()), ids=type_name)
@pytest.mark.parametrize("name", library.names())
def test_domain(kind: Any, name: str) -> None:
    """It finds what every shipped exercise expects."""
    exercise = load(name)
    domain = kind()
    values = {(one.equation.name, one.position): one.value for one in evaluate(exercise.network, domain)}
    for expected in exercise.expect:
        found = values[expected.quantity.name, tuple(index.offset for index in expected.quantity.indices)]
        entries = [entry for row in expected.values for entry in row]
        assert domain.agrees(found, entries, expected.units)
        assert not domain.agrees(found, [Fraction(7)] * len(entries), expected.units)


ARITHMETIC = [
    ("a + b", [["5/2", "1"], ["-7/4", "10"]]),
    ("a - b", [["-1/2", "3"], ["-9/4", "-2"]]),
    ("a * b", [["3/2", "-2"], ["-1/2", "24"]]),
    ("a / b", [["2/3", "-2"], ["-8", "2/3"]]),
    ("a @ b", [["2", "11"], ["-2", "26"]]),
    ("b @ a", [["7/2", "-1"], ["-47/4", "49/2"]]),
    ("-a", [["-1", "-2"], ["2", "-4"]]),
    ("a.T", [["1", "-2"], ["2", "4"]]),
    ("a ** 3", [["1", "8"], ["-8", "64"]]),
    ("2 - a", [["1", "0"], ["4", "-2"]]),
    ("sum(b)", [["27/4"]]),
    ("onehot_argmax(a @ rows(b, 2, 2).T)", [["0"], ["1"]]),
    ("relu(a)", [["1", "2"], ["0", "4"]]),
    ("concat(a, b)", [["1", "2"], ["-2", "4"], ["3/2", "-1"], ["1/4", "6"]]),
]


@pytest.mark.parametrize("kind", list(all_domains()), ids=type_name)
@pytest.mark.parametrize(("expression", "entries"), ARITHMETIC)
def test_domain_arithmetic(kind: Any, expression: str, entries: list[list[str]]) -> None:
    """Each operation on two matrices of rational numbers, worked out by hand."""
    given = {"a": "[[1, 2], [-2, 4]]", "b": "[[3/2, -1], [1/4, 6]]"}
    used = ", ".join(f"{name}: {matrix}" for name, matrix in given.items() if re.search(rf"\b{name}\b", expression))
    network, domain = loads(f"equations: 'y = {expression}'\nfind: [y]\nparameters: {{{used}}}\n").network, kind()
    data = {key: domain.array(rows) for key, rows in network.data.items()}
    (found,) = Evaluation(network.plan, domain, data, lambda state: domain.zeros(1, 1))
    assert domain.shape(found.value) == (len(entries), len(entries[0]))
    wanted = [Fraction(entry) for line in entries for entry in line]
    assert domain.agrees(found.value, wanted, [Fraction(1, 10**9)] * len(wanted))
    rounded = domain.rounded(found.value, Precision(30))
    assert [entry and Fraction(entry.text) for entry in rounded] == pytest.approx(wanted, rel=1e-12)


# ---------------------------------------------------------------- languages


@pytest.mark.parametrize("code", languages())
def test_language(code: str) -> None:
    """Every message of the program is translated, and nothing else."""
    known = read_catalogue(FOLDER / f"{code}.po").forms
    wanted = {message.id if isinstance(message.id, str) else message.id[0] for message in template() if message.id}
    assert sorted(wanted - known.keys()) == [], "run python docs/translate.py, and translate what it adds"
    assert sorted(known.keys() - wanted) == [], "run python docs/translate.py"
