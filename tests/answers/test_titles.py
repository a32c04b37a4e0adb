"""Quantities named in words, by the titles of their steps and by what people usually say."""

import pytest

from rnncalc import load, loads
from rnncalc.answers import Titles, Unreadable
from rnncalc.cell import cell_names, library_cell
from rnncalc.checking import Marking, prepare, read
from rnncalc.equations import Ref, ref_at
from rnncalc.languages import names, said, speaking
from rnncalc.quantity import Quantities
from rnncalc.system import arities


@pytest.fixture(scope="module")
def lstm() -> Marking:
    return prepare(load("vietai/exercise2"))


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("forget gate at 1", "f"), ("Forget gate (t = 1)", "f"), ("forget gate", "f"), ("ForgetGate1", "f"),
        ("forget_gate_1", "f"), ("Forget gate f_1", "f"), ("f_1 (forget gate)", "f"), ("o_1 (forget gate)", None),
        ("FORGET-GATE[1]", "f"),
        ("forget gate at time step 1", "f"), ("forget gate, step 1", "f"), ("Output gate 1", "o"),
        ("cell state 1", "c"), ("memory 1", "c"), ("hidden state h_1", "h"), ("candidate 1", "g"),
        ("cổng quên 1", "f"), ("Cổng quên tại bước 1", "f"), ("trạng thái ẩn, t=1", "h"), ("ô nhớ ứng viên 1", "g"),
        ("Tính giá trị vector tại cổng ra (output gate) 1", "o"), ("h at 1", "h"), ("c, t = 1", "c"),
        ("forget gate weights 1", None), ("forget gate o_1", None), ("forget gate -1", None), ("input 1", None),
    ],
)  # fmt: skip
def test_words(lstm: Marking, spelt: str, name: str | None) -> None:
    found = lstm.reader.key(spelt)
    assert found == (name, (1,)) if name else isinstance(found, Unreadable)


@pytest.mark.parametrize(
    ("spelt", "told"),
    [
        ("state 1", "what is meant? write `c_1`, `h_1`"),
        ("forgt gate 1", "this exercise has no such quantity; did you mean `forget gate 1`?"),
        ("forget gate 5", "this is given, or nothing that is asked for needs it"),
    ],
)
def test_words_that_name_nothing(lstm: Marking, spelt: str, told: str) -> None:
    (found,) = read(lstm, f"{spelt}: 1\n").unreadable.values()
    assert said(found.reason) == told


def test_words_without_a_step(lstm: Marking) -> None:
    marking = prepare(loads(
        "equations: 'h[t] = w * h[t-1] + x[t]'\nsteps: [{title: State, remark: the sum, of: [h]}]\n"
        "find: [h_2]\ninputs: {x: [1, 2]}\nparameters: {w: 3}\n"
    ))  # fmt: skip
    found = read(marking, "state: 1\nState at 2: 5\n")
    assert [answer.key for answer in found.answers] == [("h", (2,))]
    assert [said(one.reason) for one in found.unreadable.values()] == ["which step is meant? write `h_1`, `h_2`"]


@pytest.mark.parametrize("cell_name", cell_names())
def test_every_title_of_a_cell_names_its_quantity(cell_name: str) -> None:
    """In every language, for steps that work out one quantity."""
    cell = library_cell(cell_name)
    counts = arities(cell.equations)
    titles = Titles(cell.stages, cell.symbols, Quantities(counts, cell.symbols))
    for code in names():
        with speaking(code):
            single = {stage.of[0]: said(stage.title) for stage in cell.stages if len(stage.of) == 1}
        for name, title in single.items():
            position = (1,) * counts[name]
            behind = " " + ",".join(map(str, position)) if position else ""
            assert titles.understood(title + behind) == (ref_at(name, position),)
            assert titles.understood(title) == (Ref(name),)
