# ruff: noqa: E501 (a formula in Markdown is one line, however long)
"""Whole documents as Markdown, and that a Markdown reader leaves their formulas alone."""

import html
import re

import pages
import pytest
from markdown_it import MarkdownIt
from pages import FLOW, HEAT

from rnncalc.document import Document, Fields, Hints, Line, Listing, Notice, Part, Prose, Space, Table
from rnncalc.formats.markdown import write
from rnncalc.formula import Blank, Symbol, Words, row
from rnncalc.languages import Code

EXERCISE_2 = r"""
# LSTM: find h₁

*VietAI, Variants of RNN, exercise 2*

**Given**

- $x_{1} = \left(2,\ 3,\ -1\right)$
- $h_{0} = c_{0} = 0$
- $b_{f} = b_{i} = b_{o} = b_{c} = \left(5,\ 2\right)$
- $W_{f} = \begin{bmatrix}1 & -2 & 5 \cr 5 & 5 & 0\end{bmatrix}$
- $W_{i} = \begin{bmatrix}1 & 0 & 1 \cr -1 & -1 & 2\end{bmatrix}$
- $W_{o} = \begin{bmatrix}2 & 3 & 1 \cr 0 & -2 & 0\end{bmatrix}$
- $W_{c} = \begin{bmatrix}-2 & 1 & 4 \cr 1 & 2 & -1\end{bmatrix}$

> **Warning**
> U\_f, U\_i, U\_o and U\_c are 2×3, but they multiply $h_{0}$, which has 2 entries (2×2 would fit). $h_{1}$ does not depend on them because $h_{0} = 0$; the data is used as printed.

## Time step 1

### 1 · Forget gate

*how much of the old cell to keep*

$$
\begin{aligned}
f_{1} &= \sigma\left(W_{f} \thinspace x_{1} + U_{f} \thinspace h_{0} + b_{f}\right) \cr
 &= \sigma\left(\begin{bmatrix}1 & -2 & 5 \cr 5 & 5 & 0\end{bmatrix} \thinspace \begin{bmatrix}2 \cr 3 \cr -1\end{bmatrix} + 0 + \begin{bmatrix}5 \cr 2\end{bmatrix}\right) \cr
 &= \sigma\left(\begin{bmatrix}-9 \cr 25\end{bmatrix} + \begin{bmatrix}5 \cr 2\end{bmatrix}\right) = \sigma\left(\begin{bmatrix}-4 \cr 27\end{bmatrix}\right) \cr
 &\approx \begin{bmatrix}0.01799 \cr 1.0000\end{bmatrix}
\end{aligned}
$$

- first row: $1 \cdot 2 + \left(-2\right) \cdot 3 + 5 \cdot \left(-1\right) = -9$
- $\sigma\left(-4\right) = \frac{1}{1 + {e}^{4}} \approx 0.01799$

### 2 · Input gate

*how much of the new candidate to let in*

$$
\begin{aligned}
i_{1} &= \sigma\left(W_{i} \thinspace x_{1} + U_{i} \thinspace h_{0} + b_{i}\right) \cr
 &= \sigma\left(\begin{bmatrix}1 & 0 & 1 \cr -1 & -1 & 2\end{bmatrix} \thinspace \begin{bmatrix}2 \cr 3 \cr -1\end{bmatrix} + 0 + \begin{bmatrix}5 \cr 2\end{bmatrix}\right) \cr
 &= \sigma\left(\begin{bmatrix}1 \cr -7\end{bmatrix} + \begin{bmatrix}5 \cr 2\end{bmatrix}\right) = \sigma\left(\begin{bmatrix}6 \cr -5\end{bmatrix}\right) \cr
 &\approx \begin{bmatrix}0.9975 \cr 0.006693\end{bmatrix}
\end{aligned}
$$

### 3 · Cell state

$$
\begin{aligned}
\tilde{c}_ {1} &= \tanh\left(W_{c} \thinspace x_{1} + U_{c} \thinspace h_{0} + b_{c}\right) \cr
 &= \tanh\left(\begin{bmatrix}-2 & 1 & 4 \cr 1 & 2 & -1\end{bmatrix} \thinspace \begin{bmatrix}2 \cr 3 \cr -1\end{bmatrix} + 0 + \begin{bmatrix}5 \cr 2\end{bmatrix}\right) \cr
 &= \tanh\left(\begin{bmatrix}-5 \cr 9\end{bmatrix} + \begin{bmatrix}5 \cr 2\end{bmatrix}\right) = \tanh\left(\begin{bmatrix}0 \cr 11\end{bmatrix}\right) \cr
 &\approx \begin{bmatrix}0 \cr 1.0000\end{bmatrix}
\end{aligned}
$$

$$
\begin{aligned}
c_{1} &= f_{1} \odot c_{0} + i_{1} \odot \tilde{c}_ {1} \cr
 &= \begin{bmatrix}0.01799 \cr 1.0000\end{bmatrix} \odot \begin{bmatrix}0 \cr 0\end{bmatrix} + \begin{bmatrix}0.9975 \cr 0.006693\end{bmatrix} \odot \begin{bmatrix}0 \cr 1.0000\end{bmatrix} \approx \begin{bmatrix}0 \cr 0.006693\end{bmatrix}
\end{aligned}
$$

- first entry is 0 because $\tilde{c}_ {1,1} = 0$

### 4 · Output gate and hidden state

$$
\begin{aligned}
o_{1} &= \sigma\left(W_{o} \thinspace x_{1} + U_{o} \thinspace h_{0} + b_{o}\right) \cr
 &= \sigma\left(\begin{bmatrix}2 & 3 & 1 \cr 0 & -2 & 0\end{bmatrix} \thinspace \begin{bmatrix}2 \cr 3 \cr -1\end{bmatrix} + 0 + \begin{bmatrix}5 \cr 2\end{bmatrix}\right) \cr
 &= \sigma\left(\begin{bmatrix}12 \cr -6\end{bmatrix} + \begin{bmatrix}5 \cr 2\end{bmatrix}\right) = \sigma\left(\begin{bmatrix}17 \cr -4\end{bmatrix}\right) \cr
 &\approx \begin{bmatrix}1.0000 \cr 0.01799\end{bmatrix}
\end{aligned}
$$

$$
\begin{aligned}
h_{1} &= o_{1} \odot \tanh\left(c_{1}\right) \cr
 &\approx \left(0,\ 0.0001204\right)
\end{aligned}
$$

| t | f | i | $\tilde{c}$ | o | c | h |
| --- | --- | --- | --- | --- | --- | --- |
| 1 | 0.01799, 1.0000 | 0.9975, 0.006693 | 0, 1.0000 | 1.0000, 0.01799 | 0, 0.006693 | 0, 0.0001204 |

**Answer**

$$
\boxed{h_{1} \approx \left(0,\ 0.0001204\right)}
$$

every digit shown is correctly rounded
"""[1:]

ATTENTION = r"""
# Additive attention: find the context c₂

*Bahdanau et al. 2015*

The decoder state $s_{1}$ asks every encoder state $h_{j}$ how well it fits.

## Time step 2

### 1 · Scores and weights

*one score for each word*

$$
\begin{aligned}
e_{t,j} &= v \cdot \tanh\left(W_{a} \thinspace s_{t-1} + U_{a} \thinspace h_{j}\right) \cr
\alpha_{t,j} &= \frac{\exp\left(e_{t,j}\right)}{\sum_{k} \exp\left(e_{t,k}\right)} \cr
 &\approx \begin{bmatrix}0.0900 & 0.2447 & 0.6652\end{bmatrix}
\end{aligned}
$$

- the weights add up to 1

### 2 · Context

*the weighted sum of the encoder states*

$$
\begin{aligned}
c_{2} &= \sum_{j} \alpha_{2,j} \thinspace h_{j} \cr
 &= 0.0900 \cdot \begin{bmatrix}1 \cr 0\end{bmatrix} + 0.2447 \cdot \begin{bmatrix}0 \cr 1\end{bmatrix} + 0.6652 \cdot \begin{bmatrix}-\frac{1}{2} \cr \frac{1}{4}\end{bmatrix} \cr
 &\approx \begin{bmatrix}-0.2426 \cr 0.4110\end{bmatrix}
\end{aligned}
$$

- first entry: 0.0900 + 0 − 0.3326
- second entry: 0 + 0.2447 + 0.1663

**Answer**

$$
\boxed{\alpha_{2} \approx \left(0.0900,\ 0.2447,\ 0.6652\right)}
$$

$$
\boxed{c_{2} \approx \left(-0.2426,\ 0.4110\right)}
$$

every digit shown is correctly rounded
"""[1:]

HOSTILE = r"""
# Ti\\x1b\[31mtle \[red\] \\u202eevil

*so urce*

a\\x07b \<b\>bold\</b\> \*not\* <span>\$</span>x<span>\$</span> \[link\](http://x) c d

```text
W_f @ x[t]  # | ` \x1b]0;x\x07
```

$$
\begin{aligned}
 &= \text{�[2J} + h�[5m
\end{aligned}
$$

- \\u2066inert
"""[1:]


PAGES = (
    (pages.EXERCISE_2, EXERCISE_2),
    (pages.ATTENTION, ATTENTION),
    (pages.HOSTILE, HOSTILE),
)
BLANK = r"\_" * 24
BLOCKS = (
    (Prose(("1. no list",)), "1\\. no list"),
    (Prose(("- no list",)), "\\- no list"),
    (Prose((Code("h_1"), " of ", Code("a  *b*"))), "`h_1` of `a  *b*`"),
    (Prose((Code("a`<b>|$x"),)), r"<code>a\`\<b\>\|<span>\$</span>x</code>"),
    (Prose(("=",)), "\\="),
    (Prose(("0.5 of it, x-y",)), "0.5 of it, x-y"),
    (
        Prose(
            (
                "a_b and ",
                row(Symbol("W_f")),
                " cost $1",
            )
        ),
        r"a\_b and $W_{f}$ cost <span>\$</span>1",
    ),
    (Prose((row(Words("a|b < c_d $ 5%\n")),)), r"$\text{a\vert b \lt  c＿d ＄ 5％�}$"),
    (Part("a*b", "2", "5 points", "A book"), "---\n\n# 2 · a\\*b\n\n*5 points · A book*"),
    (Fields(("Name", "a*b")), rf"Name: {BLANK}" + "\n\n" + rf"a\*b: {BLANK}"),
    (
        Hints((Line("equals", row(Words("2")), row(Symbol("h"))),), ("<A>",)),
        "<details>\n<summary>&lt;A&gt;</summary>\n\n"
        "$$\n\\begin{aligned}\nh &= \\text{2}\n\\end{aligned}\n$$\n\n</details>",
    ),
    (Space(3), "<br><br><br>"),
    (Prose((row(Blank(5)),)), r"$\underline{\hspace{4em}}$"),
    (Notice("note", ("x",), "Lưu ý"), "> **Lưu ý**\n> x"),
    (Listing((("```",),)), "````text\n```\n````"),
    (
        Table((("a|b",), (row(Symbol("|")),)), ((("1",), ("",)),)),
        "| a\\|b | $\\vert$ |\n| --- | --- |\n| 1 |  |",
    ),
    (HEAT, "| t | 1 | 2 |\n| --- | --- | --- |\n| $f$ | ░ 0.25 |  |"),
    (
        FLOW,
        '```mermaid\nflowchart LR\n  n0(["xₜ"])\n  n1["fₜ"]\n  n2[["h̃⁽¹⁾ₜ"]]\n  n0 --> n1\n  n1 --> n2\n```',
    ),
    (pages.GAP, '```mermaid\nflowchart LR\n  n0["⋯"]\n  style n0 fill:none,stroke:none\n```'),
)


@pytest.mark.parametrize(("document", "expected"), PAGES)
def test_page(document: Document, expected: str) -> None:
    assert write(document) == expected


@pytest.mark.parametrize(("block", "expected"), BLOCKS)
def test_block(block: Prose, expected: str) -> None:
    assert write(Document("t", (block,))) == f"# t\n\n{expected}\n"


FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)


@pytest.mark.parametrize("document", [pages.EXERCISE_2, pages.ATTENTION, pages.LARGE, pages.GRADIENT])
def test_markdown_leaves_formulas_alone(document: Document) -> None:
    """GitHub looks for formulas in what its Markdown reader returns: each must come out as it went in."""
    source = write(document)
    shown = html.unescape(MarkdownIt("commonmark").enable("table").render(source))
    assert FORMULA.findall(shown) == [re.sub(r"\n +", "\n", formula) for formula in FORMULA.findall(source)]
