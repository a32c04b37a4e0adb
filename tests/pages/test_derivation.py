"""The lines of a step, spelt on one line each: what is put in, worked out, left out, and said beside it."""

import pytest

from rnncalc.document import Derivation
from rnncalc.exercise import loads
from rnncalc.formula import SIGNS, unicode
from rnncalc.pages.derivation import derive
from rnncalc.solving import solve


def derivation_of(text: str, quantity: int = -1, full: bool = False) -> list[str]:
    """Each line of a step of an exercise, its asides behind `|`."""
    solution = solve(loads(text))
    return spelt(derive(solution, solution.steps[quantity], full))


def spelt(derivation: Derivation) -> list[str]:
    lines = []
    for line in derivation.lines:
        left = unicode(line.left) if line.left else ""
        asides = ["".join(p if isinstance(p, str) else unicode(p) for p in aside) for aside in line.asides]
        lines.append(" | ".join([(left + SIGNS[line.relation] + unicode(line.right)).strip(), *asides]))
    return lines


STEPS = {
    "an affine gate with a zero state: its term is 0, then gone": (
        """
        equations: f[t] = sigmoid(W @ x[t] + U @ f[t-1] + b)
        inputs: {x: [[2, 3, -1]]}
        parameters: {W: [[1, -2, 5], [5, 5, 0]], U: [[1, 2], [3, 4]], b: [5, 2]}
        """,
        [
            "f₁ = σ(W x₁ + U f₀ + b)",
            "= σ([1 −2 5; 5 5 0] [2; 3; −1] + 0 + [5; 2])",
            "= σ([−9; 25] + [5; 2]) = σ([−4; 27])",
            "≈ [0.01799; 1.0000] | σ(−4) = 1/(1 + e⁴) ≈ 0.01799 | σ(27) = 1/(1 + e⁻²⁷) ≈ 1.0000",
        ],
    ),
    "plain numbers are multiplied with a dot, negative ones in brackets": (
        """
        equations: h[t] = tanh(w * x[t] + u * h[t-1])
        inputs: {x: [0.5]}
        parameters: {w: -2, u: 3}
        initial: {h: 0.25}
        """,
        [
            "h₁ = tanh(w·x₁ + u·h₀)",
            "= tanh(−2·0.5 + 3·0.25)",
            "= tanh(−1 + 0.75) = tanh(−0.25)",
            "≈ −0.2449 | tanh(−0.25) = (1 − e^0.5)/(1 + e^0.5) ≈ −0.2449",
        ],
    ),
    "exact all the way": (
        """
        equations: y = (V @ relu(a - b)) / 4
        parameters: {V: [[1, 2]], a: [3, 1], b: [1, 1.5]}
        """,
        [
            "y = (V ReLU(a − b))/4",
            "= ([1 2] ReLU([3; 1] − [1; 1.5]))/4",
            "= ([1 2] ReLU([2; −0.5]))/4",
            "= ([1 2] [2; 0])/4 | ReLU(2) = 2 | ReLU(−0.5) = 0",
            "= 2/4",
            "= 0.5",
        ],
    ),
    "a finite decimal is printed in full where its digits fit": (
        "equations: y = a * b\nparameters: {a: 0.5, b: 0.00125}",
        ["y = a·b", "= 0.5·0.00125", "= 0.000625"],
    ),
    "a sum over an index is written out": (
        """
        equations: |
          h[j] = w * x[j]
          s = sum(a[j] * h[j], j)
        inputs: {x: [1, 2], a: [0.25, 3]}
        parameters: {w: 2}
        find: s
        """,
        ["s = Σⱼ aⱼ·hⱼ", "= a₁·h₁ + a₂·h₂", "= 0.25·2 + 3·4", "= 0.5 + 12", "= 12.5"],
    ),
    "a softmax over an index is written out": (
        """
        equations: |
          p[j] = softmax(e[j], j)
        inputs: {e: [0, 0, 0]}
        find: p_2
        """,
        ["p₂ = softmaxⱼ (eⱼ)|ⱼ₌₂", "= e^(e₂)/(e^(e₁) + e^(e₂) + e^(e₃))", "= e⁰/(e⁰ + e⁰ + e⁰)"],
    ),
    "the last position is put in": (
        "equations: s = x[T] - x[1]\ninputs: {x: [1, 2, 5]}",
        ["s = x₃ − x₁", "= 5 − 1", "= 4"],
    ),
    "a transposed quantity is a number at once": (
        "equations: s = v.T @ v\nparameters: {v: [3, 4]}",
        ["s = vᵀ v", "= [3 4] [3; 4]", "= 25"],
    ),
    "a zero vector that is not a matrix product keeps its numbers": (
        """
        equations: c[t] = f[t] * c[t-1] + g[t]
        inputs: {f: [[0.5, 0.25]], g: [[1, 2]]}
        """,
        ["c₁ = f₁ ⊙ c₀ + g₁", "= [0.5; 0.25] ⊙ [0; 0] + [1; 2]", "= [0; 0] + [1; 2]", "= [1; 2]"],
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_lines_of_a_step(name: str) -> None:
    text, lines = STEPS[name]
    found = derivation_of("\n".join(line.removeprefix("        ") for line in text.splitlines()).strip())
    assert found[: len(lines)] == lines


def test_full_detail_writes_every_scalar_product() -> None:
    text = "equations: y = W @ x\nparameters: {W: [[1, -2], [0.5, 3]], x: [2, -3]}"
    assert derivation_of(text, full=True) == [
        "y = W x",
        "= [1 −2; 0.5 3] [2; −3]",
        "= [8; −8] | 1·2 + (−2)·(−3) = 8 | 0.5·2 + 3·(−3) = −8",
    ]


def test_a_tie_is_named_beside_the_value() -> None:
    text = "equations: y = a * b\nparameters: {a: 0.5, b: 0.2469}"
    assert derivation_of(text)[-1] == "≈ 0.1235 | 0.1235 is rounded from an exact tie, away from zero"


def test_a_sum_too_long_to_be_written_out_has_hints() -> None:
    """Inputs inside it stand at no position, and have no number to put in."""
    solution = solve(
        loads("equations: 'y = sum(a * x[t], t)'\nparameters: {a: 2}\ninputs: {x: [1, 2, 3, 4, 5, 6, 7, 8, 9]}\n")
    )
    (step,) = solution.steps
    derivation = derive(solution, step, full=False)
    assert [unicode(line.right) for line in derivation.hints] == ["Σₜ a·xₜ", "Σₜ 2·xₜ"]
    assert unicode(derivation.lines[-1].right) == "90"
