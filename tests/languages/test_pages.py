"""No English is left on a page: a language is spoken in which every known message stands in « »; what is outside is not
translated. No page with decimal commas has a decimal point."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from test_cli import Run, run
from translate import FOLDER

from rnncalc import formats, languages, library, load, solve
from rnncalc.cell import cell_names, library_cell
from rnncalc.checking.causes.numbers import SLIPS
from rnncalc.document import Answer, Document, Line, Listing, Node, Notice, plain
from rnncalc.formats._commas import with_commas
from rnncalc.formula import Atom, Digits, Name, Operator, Row, Symbol, Tuple, Words
from rnncalc.languages import Code, decimal_commas, speaking
from rnncalc.languages.catalogue import read_catalogue
from rnncalc.mistakes import catalogue, of_cell

__all__ = ["run"]

KNOWN = read_catalogue(FOLDER / "vi.po").forms


class Marked:
    """A catalogue that sets what it knows between signs."""

    def one(self, message: str) -> str:
        return f"«{message}»" if message in KNOWN else message

    def form(self, one: str, several: str, number: int) -> str:
        return self.one(one) if number == 1 else f"«{several}»" if one in KNOWN else several


@pytest.fixture(autouse=True)
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(languages, "_catalogue", lambda code: Marked())
    with speaking("vi"):
        yield


_SILENT = {Notice: "kind", Line: "relation", Answer: "relation", Node: "kind", Tuple: "between"}


def said(part: Any) -> Iterator[str]:
    """Every run of words of a page; formulas among them are left out, and so is code."""
    match part:
        case Digits() | Symbol() | Operator() | Name() | Code() | Listing():
            return
        case str():
            yield part
        case tuple() if any(isinstance(piece, str) for piece in part) and all(map(_is_run, part)):
            yield "".join(piece if isinstance(piece, str) else "".join(said(piece)) for piece in part)
        case tuple():
            for inner in part:
                yield from said(inner)
        case Document():
            yield from said((part.title,))
            yield from said((part.source,))
            yield from said(part.blocks)
        case Struct():
            for field in part.__struct_fields__:
                if _SILENT.get(type(part)) != field:
                    yield from said(getattr(part, field))


def _is_run(piece: Any) -> bool:
    return isinstance(piece, str | Code | Symbol | Digits | Operator | Name | Words | Row)


WORD = re.compile(r"[^\W\d_]{2,}")
QUOTED = re.compile("“[^”]*”")
"""A word of a vocabulary."""
NAMES = {
    "lstm", "gru", "rnn", "tanh", "lin", "mm", "PyTorch", "cpu", "Lan", "bad", "yaml", "vanishing",
    *cell_names(), *(one.slug for one in (*catalogue(), *SLIPS, *of_cell(library_cell("gru")))),
}  # fmt: skip


def untranslated(page: Document) -> set[str]:
    """The runs of words of a page that have a word outside the signs which is no name."""
    found = set()
    for text in said(page):
        rest = outside(QUOTED.sub("", text))
        if rest not in NAMES and not NAMES.issuperset(WORD.findall(rest)):
            found.add(text)
    return found


def outside(text: str) -> str:
    """What stands between no signs; a message may have others in its holes."""
    while (shorter := re.sub("«[^«»]*»", "", text)) != text:
        text = shorter
    return text


@pytest.mark.parametrize("name", library.names())
def test_the_words_of_an_exercise(name: str) -> None:
    exercise = load(name)
    texts = [exercise.title, exercise.source, exercise.note]
    texts += [languages.said(text) for stage in exercise.stages for text in (stage.title, stage.remark, stage.part)]
    assert [text for text in texts if text and not re.fullmatch("«.*»", text, re.DOTALL)] == []


SOLVED = [
    "vietai/exercise2", "vietai/language-model-words", "aibeginners/grid-lstm", "csc/named-entities",
    "dlbook/attention", "csc/vanishing-gru", "dlbook/prices-bidirectional", "gitbook/parameter-counts",
    "networks/gru-keras", "published/powers",
]  # fmt: skip


@pytest.mark.parametrize("name", SOLVED)
def test_solutions(name: str) -> None:
    with decimal_commas():
        page = solve(load(name)).page("full", equations=True)
    assert untranslated(page) == set()
    assert [text for text in points(with_commas(page)) if text not in (page.source, f"«{load(name).note}»")] == []


def points(part: Any) -> Iterator[str]:
    """The words and numbers that hold a decimal point, but for titles and notes of the file."""
    match part:
        case Listing() | Notice("note"):
            return
        case str():
            if re.search(r"\d\.\d", part):
                yield part
        case tuple():
            for inner in part:
                yield from points(inner)
        case Struct():
            for field in part.__struct_fields__:
                yield from points(getattr(part, field))


COMMANDS = [
    "solve vietai/exercise3 --exact",
    "solve vietai/exercise3 --symbolic --unfold",
    "solve backpropagation/relu --check-gradients",
    "solve dlbook/prices-rnn --check-gradients --last 1 --float64",
    "solve dlbook/rnn --for W[1,1] --when s_2[1]=1/2",
    "train csc/clipping",
    "train gitbook/clipping",
    "gradients csc/vanishing-tanh csc/vanishing-lstm",
    "gradients dlbook/vanishing-factors",
    "worksheet vietai/exercise3 vietai/exercise4 --hints substitution",
    "check vietai/exercise3 sheet.yaml --reveal",
    "check vietai/exercise3 sheet.yaml --tolerance 0.01 --rounding end",
    "mistakes",
    "mistakes gru",
    "lint vietai/exercise3",
    "lint vietai/exercise4",
    "cells lstm-torch",
    "params lstm --input 3 --hidden 2",
    "compare lstm gru rnn",
    "compare csc/vanishing-gru csc/vanishing-lstm",
    "diagram csc/vanishing-lstm",
    "variants vietai/exercise3 --seed 1 --stress 2 --randomize",
]
SHEET = """\
student: Lan
z_1: [0.7311, 0.8808]
r_1: [0.9, 0.1]
q: 3
h: 2
h~_1: [[1, 2], [3]]
y_1: [0.7048, x]
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    pages = written(run, monkeypatch, f"{command} --lang vi")
    assert pages
    for page in pages:
        assert untranslated(page) == set()


def written(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> list[Document]:
    """The pages that a command writes."""
    Path("sheet.yaml").write_text(SHEET)
    pages: list[Document] = []

    def writer(name: str) -> Callable[..., str]:
        return lambda page, **options: pages.append(page) or ""

    monkeypatch.setattr(formats, "writer", writer)
    assert run(*command.split()).code in (0, 1)
    return pages


@pytest.mark.parametrize("name", ["vietai/exercise3", "networks/attention-dot", "published/rnn-scalar-bptt"])
def test_labels_of_formulas(name: str) -> None:
    """What a screen reader says instead of a formula, and what a web page adds to a document."""
    page = re.sub("<style>.*</style>", "", solve(load(name)).text("full", "html"), flags=re.DOTALL)
    labels = [unescape(label) for label in re.findall('aria-label="([^"]*)"', page)]
    assert len(labels) > 50
    words = {"sigma", "tanh", "softmax", "concat", "xh", "hh", "hy"}
    assert {word for label in labels for word in WORD.findall(outside(label))} <= words


def test_what_is_not_translated_is_found() -> None:
    atom: Atom = Words("at the end")
    page = Document("«known»", (Line("equals", Row((Symbol("h"), atom))),), "a book")  # type: ignore[arg-type]
    assert untranslated(page) == {"a book", "at the end"}
    assert plain(("a", Symbol("h"))) == "ah"
