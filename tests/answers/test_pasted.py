"""Matrices as they are pasted from other programs."""

from fractions import Fraction

import pytest

from rnncalc.answers import read_written
from rnncalc.answers.pasted import read_pasted


@pytest.mark.parametrize(
    "text",
    [
        "[[0.1, 0.2], [0.3, 0.4]]",
        "array([[0.1, 0.2],\n       [0.3, 0.4]])",
        "np.array([[0.1, 0.2], [0.3, 0.4]], dtype=float32)",
        "tensor([[0.1, 0.2],\n        [0.3, 0.4]], dtype=torch.float64, grad_fn=<AddBackward0>)",
        "[[0.1 0.2]\n [0.3 0.4]]",
        "[0.1 0.2; 0.3 0.4]",
        "[0.1, 0.2; 0.3, 0.4];",
        r"\begin{pmatrix} 0.1 & 0.2 \\ 0.3 & 0.4 \end{pmatrix}",
        r"\left[\begin{array}{cc} 0.1 & 0.2 \\ 0.3 & 0.4 \\ \end{array}\right]",
        "⎡0.1 0.2⎤\n⎣0.3 0.4⎦",
        "0.1 0.2\n0.3 0.4\n",
        "((0.1, 0.2), (0.3, 0.4))",
        "{{0.1, 0.2}, {0.3, 0.4}}",
        "0.1, 0.2; 0.3, 0.4",
        "[0.1, 0.3; 0.2, 0.4]'",
        "[[0.1, 0.3], [0.2, 0.4]].T",
        r"$\begin{bmatrix} 0.1 & 0.3 \\ 0.2 & 0.4 \end{bmatrix}^T$",
        "h_1 =\n\n    0.1  0.2\n    0.3  0.4\n\n",
        "W ≈ [0.1 0.2; 0.3 0.4] % from MATLAB",
    ],
)
def test_pasted_matrices(text: str) -> None:
    assert read_pasted(text) == (("0.1", "0.2"), ("0.3", "0.4"))


@pytest.mark.parametrize(
    "text",
    [
        "   1.0e-03 *\n\n    0.1000   -0.2000\n    1/3   0\n",
        "W =\n\n   1.0e-03 *\n\n    0.1000   -0.2000\n    1/3   0\n",
        "tensor(1.0000e-03 * [[0.1000, -0.2000],\n        [1/3, 0]])",
    ],
)
def test_a_power_of_ten_that_all_have_in_common(text: str) -> None:
    assert read_pasted(text) == (("0.1000e-03", "-0.2000e-03"), ("(1/3)*10^(-03)", "0"))
    assert read_written("(1/3)*10^(-03)").value == Fraction(1, 3000)


def test_functions_survive_pasting() -> None:
    assert read_pasted("[σ(2); 1/(1+e^-2)]") == (("σ(2)",), ("1/(1+e^-2)",))
    assert read_pasted(r"[\frac{1}{3}, \sqrt{2}]") == ((r"\frac{1}{3}", r"\sqrt{2}"),)
    assert read_pasted("[95 %, 5%]") == (("95 %", "5%"),)
    assert read_pasted("[0,1 0,2; 0,3 0,4]", decimal_comma=True) == (("0,1", "0,2"), ("0,3", "0,4"))
