"""Graphs from equations: which boxes, which arrows, where they stand; and the pages of pictures."""

import pytest
from msgspec.structs import replace

from rnncalc import load, loads, solve
from rnncalc.cell import library_cell
from rnncalc.document import Graph, Heading, Heat
from rnncalc.equations import parse_equations
from rnncalc.formula import unicode
from rnncalc.pages.diagram import Chain, data_flow, unrolled
from rnncalc.pages.pictures import cell_pictures, exercise_pictures


def drawn(graph: Graph) -> list[str]:
    """The boxes as `name column row`, outputs with `!`, inputs with `?`; then the arrows."""
    names = [unicode(node.label) for node in graph.nodes]
    marks = {"input": "?", "inner": "", "output": "!", "gap": ""}
    boxes = [f"{name}{marks[n.kind]} {n.column} {n.row}" for name, n in zip(names, graph.nodes, strict=True)]
    return [", ".join(boxes), ", ".join(f"{names[start]}→{names[end]}" for start, end in graph.edges)]


def test_data_flow() -> None:
    cell = library_cell("gru")
    assert drawn(data_flow(cell.equations, cell.symbols)) == [
        "xₜ? 0 0, hₜ₋₁? 0 1, zₜ 1 0, rₜ 1 1, h̃ₜ 2 0, hₜ! 3 0",
        "xₜ→zₜ, hₜ₋₁→zₜ, xₜ→rₜ, hₜ₋₁→rₜ, xₜ→h̃ₜ, rₜ→h̃ₜ, hₜ₋₁→h̃ₜ, zₜ→hₜ, hₜ₋₁→hₜ, h̃ₜ→hₜ",
    ]


CHAINS = [
    (
        "z[t] = sigmoid(W @ x[t] + U @ h[t-1])\nh[t] = z[t] * h[t-1]",
        "h₀? 0 0, x₁? 1 1, h₁ 1 0, x₂? 2 1, h₂! 2 0",
        "x₁→h₁, h₀→h₁, x₂→h₂, h₁→h₂",
    ),
    (
        "f[t] = f[t-1] + x[t]\nb[t] = b[t+1] + x[t]\ny[t] = f[t] * b[t]",
        "f₀? 0 2, x₁? 1 3, f₁ 1 2, b₁ 1 1, y₁! 1 0, x₂? 2 3, f₂ 2 2, b₂ 2 1, y₂! 2 0, b₃? 3 1",
        "f₀→f₁, x₁→f₁, f₁→f₂, x₂→f₂, b₂→b₁, x₁→b₁, b₃→b₂, x₂→b₂, f₁→y₁, b₁→y₁, f₂→y₂, b₂→y₂",
    ),
]


@pytest.mark.parametrize(("equations", "boxes", "arrows"), CHAINS)
def test_unrolled(equations: str, boxes: str, arrows: str) -> None:
    """What serves inside a step only is left out; its arrows go through."""
    assert drawn(unrolled(Chain(parse_equations(equations), "t", 2), {})) == [boxes, arrows]


LONG = [
    (
        "z[t] = sigmoid(W @ x[t] + U @ h[t-1])\nh[t] = z[t] * h[t-1]",
        "h₀? 0 0, x₁? 1 1, h₁ 1 0, x₂? 2 1, h₂ 2 0, ⋯ 3 0, x₈? 4 1, h₈ 4 0, x₉? 5 1, h₉! 5 0",
        "x₁→h₁, h₀→h₁, x₂→h₂, h₁→h₂, h₂→⋯, x₈→h₈, ⋯→h₈, x₉→h₉, h₈→h₉",
    ),
    (
        "f[t] = f[t-1] + x[t]\nb[t] = b[t+1] + x[t]\ny[t] = f[t] * b[t]",
        "f₀? 0 2, x₁? 1 3, f₁ 1 2, b₁ 1 1, y₁! 1 0, x₂? 2 3, f₂ 2 2, b₂ 2 1, y₂! 2 0, ⋯ 3 2, ⋯ 3 1, "
        "x₈? 4 3, f₈ 4 2, b₈ 4 1, y₈! 4 0, x₉? 5 3, f₉ 5 2, b₉ 5 1, y₉! 5 0, b₁₀? 6 1",
        "f₀→f₁, x₁→f₁, f₁→f₂, x₂→f₂, f₂→⋯, ⋯→f₈, x₈→f₈, f₈→f₉, x₉→f₉, b₂→b₁, x₁→b₁, ⋯→b₂, x₂→b₂, b₈→⋯, "
        "b₉→b₈, x₈→b₈, b₁₀→b₉, x₉→b₉, f₁→y₁, b₁→y₁, f₂→y₂, b₂→y₂, f₈→y₈, b₈→y₈, f₉→y₉, b₉→y₉",
    ),
]


@pytest.mark.parametrize(("equations", "boxes", "arrows"), LONG)
def test_a_long_sequence_has_a_gap(equations: str, boxes: str, arrows: str) -> None:
    """Two steps at each end; what is handed on leads into the gap and out of it, whichever way it runs."""
    chain = Chain(parse_equations(equations), "t", 9)
    assert drawn(unrolled(chain, {})) == [boxes, arrows]
    assert drawn(unrolled(replace(chain, length=5), {}))[0].count("⋯") == 0


def test_page_of_a_cell() -> None:
    flow, line = [block for block in cell_pictures(library_cell("lstm")).blocks if isinstance(block, Graph)]
    assert [block.label for block in (flow, line)] == [
        "What flows where in one step",
        "Unrolled: what one step hands to another",
    ]
    assert max(node.column for node in line.nodes) == 3


def test_equations_over_two_indices_are_not_unrolled() -> None:
    page = cell_pictures(library_cell("attention-additive"))
    assert [type(block) for block in page.blocks] == [Heading, Graph]


GATED = """
equations: |
  f[t] = sigmoid(w * x[t])
  h[t] = f[t] * h[t-1]
inputs: {x: [0, 1, 2]}
parameters: {w: 1}
initial: {h: 1}
"""


def test_gates_over_time() -> None:
    """A row for each entry of a gate, a column for each step, as dark as the gate is open."""
    page = exercise_pictures(solve(loads(GATED)))
    (heat,) = [block for block in page.blocks if isinstance(block, Heat)]
    assert heat.header == (("t",), ("1",), ("2",), ("3",))
    assert [[unicode(part) if not isinstance(part, str) else part for part in cell] for cell in heat.rows[0]] == [
        ["f", " [1]"], ["0.5"], ["0.7311"], ["0.8808"],
    ]  # fmt: skip
    assert heat.shades == ((0.5, 0.7311, 0.8808),)


def test_no_backward_pass_is_drawn() -> None:
    page = exercise_pictures(solve(load("published/rnn-scalar-last-loss")))
    boxes = [unicode(node.label) for block in page.blocks if isinstance(block, Graph) for node in block.nodes]
    assert boxes
    assert not any("∂" in box for box in boxes)


def test_many_steps_are_cut_to_the_ends() -> None:
    page = exercise_pictures(solve(loads(GATED.replace("[0, 1, 2]", str([0] * 40)))))
    (heat,) = [block for block in page.blocks if isinstance(block, Heat)]
    assert heat.header[1:] == tuple((str(n),) for n in (*range(1, 7), "⋯", *range(35, 41)))
    assert [len(cells) for cells in (*heat.rows, *heat.shades)] == [14, 13]
    assert heat.rows[0][7] == ()
    assert max(n.column for block in page.blocks if isinstance(block, Graph) for n in block.nodes) == 5
