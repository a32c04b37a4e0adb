"""Whole pages as the terminal shows them. What the documents are made of stands in `pages.py`."""

import re

import pages
import pytest

from rnncalc.document import Answer, Document, Graph, Heading, Heat, Kind, Listing, Node, Prose, Text
from rnncalc.formats.boxes import cell_width
from rnncalc.formats.terminal import write
from rnncalc.formula import Symbol, Words, row

EXERCISE_2_80 = """\
LSTM: find h₁                                VietAI, Variants of RNN, exercise 2
────────────────────────────────────────────────────────────────────────────────
Given   x₁ = (2, 3, −1)    h₀ = c₀ = 0    b_f = b_i = b_o = b_c = (5, 2)

              ⎡1  −2  5⎤          ⎡ 1   0  1⎤
        W_f = ⎣5   5  0⎦    W_i = ⎣−1  −1  2⎦

              ⎡2   3  1⎤          ⎡−2  1   4⎤
        W_o = ⎣0  −2  0⎦    W_c = ⎣ 1  2  −1⎦

warning: U_f, U_i, U_o and U_c are 2×3, but they multiply h₀, which has 2
         entries (2×2 would fit). h₁ does not depend on them because h₀ = 0; the
         data is used as printed.

Time step 1 ────────────────────────────────────────────────────────────────────

1 · Forget gate      how much of the old cell to keep
    f₁ = σ(W_f x₁ + U_f h₀ + b_f)
          ⎛⎡1  −2  5⎤ ⎡ 2⎤       ⎡5⎤⎞
       = σ⎜⎣5   5  0⎦ ⎢ 3⎥ + 0 + ⎣2⎦⎟
          ⎝           ⎣−1⎦          ⎠

          ⎛⎡−9⎤   ⎡5⎤⎞    ⎛⎡−4⎤⎞
       = σ⎝⎣25⎦ + ⎣2⎦⎠ = σ⎝⎣27⎦⎠

         ⎡0.01799⎤      first row: 1·2 + (−2)·3 + 5·(−1) = −9
       ≈ ⎣1.0000 ⎦      σ(−4) = 1/(1 + e⁴) ≈ 0.01799

2 · Input gate       how much of the new candidate to let in
    i₁ = σ(W_i x₁ + U_i h₀ + b_i)
          ⎛⎡ 1   0  1⎤ ⎡ 2⎤       ⎡5⎤⎞
       = σ⎜⎣−1  −1  2⎦ ⎢ 3⎥ + 0 + ⎣2⎦⎟
          ⎝            ⎣−1⎦          ⎠

          ⎛⎡ 1⎤   ⎡5⎤⎞    ⎛⎡ 6⎤⎞
       = σ⎝⎣−7⎦ + ⎣2⎦⎠ = σ⎝⎣−5⎦⎠

         ⎡0.9975  ⎤
       ≈ ⎣0.006693⎦

3 · Cell state
    c̃₁ = tanh(W_c x₁ + U_c h₀ + b_c)
             ⎛⎡−2  1   4⎤ ⎡ 2⎤       ⎡5⎤⎞
       = tanh⎜⎣ 1  2  −1⎦ ⎢ 3⎥ + 0 + ⎣2⎦⎟
             ⎝            ⎣−1⎦          ⎠

             ⎛⎡−5⎤   ⎡5⎤⎞       ⎛⎡ 0⎤⎞
       = tanh⎝⎣ 9⎦ + ⎣2⎦⎠ = tanh⎝⎣11⎦⎠

         ⎡0     ⎤
       ≈ ⎣1.0000⎦

    c₁ = f₁ ⊙ c₀ + i₁ ⊙ c̃₁
         ⎡0.01799⎤   ⎡0⎤   ⎡0.9975  ⎤   ⎡0     ⎤   ⎡0       ⎤
       = ⎣1.0000 ⎦ ⊙ ⎣0⎦ + ⎣0.006693⎦ ⊙ ⎣1.0000⎦ ≈ ⎣0.006693⎦
         first entry is 0 because c̃_1,1 = 0

4 · Output gate and hidden state
    o₁ = σ(W_o x₁ + U_o h₀ + b_o)
          ⎛⎡2   3  1⎤ ⎡ 2⎤       ⎡5⎤⎞
       = σ⎜⎣0  −2  0⎦ ⎢ 3⎥ + 0 + ⎣2⎦⎟
          ⎝           ⎣−1⎦          ⎠

          ⎛⎡12⎤   ⎡5⎤⎞    ⎛⎡17⎤⎞
       = σ⎝⎣−6⎦ + ⎣2⎦⎠ = σ⎝⎣−4⎦⎠

         ⎡1.0000 ⎤
       ≈ ⎣0.01799⎦

    h₁ = o₁ ⊙ tanh(c₁)
       ≈ (0, 0.0001204)

   │ t = 1
───┼──────────────────
 f │ 0.01799, 1.0000
 i │ 0.9975, 0.006693
 c̃ │ 0, 1.0000
 o │ 1.0000, 0.01799
 c │ 0, 0.006693
 h │ 0, 0.0001204

┌──────────────────────────────┐
│ Answer   h₁ ≈ (0, 0.0001204) │  every digit shown is correctly rounded
└──────────────────────────────┘
"""

EXERCISE_2_40 = """\
LSTM: find h₁
VietAI, Variants of RNN, exercise 2
────────────────────────────────────────
Given   x₁ = (2, 3, −1)
        h₀ = c₀ = 0
        b_f = b_i = b_o = b_c = (5, 2)

              ⎡1  −2  5⎤
        W_f = ⎣5   5  0⎦

              ⎡ 1   0  1⎤
        W_i = ⎣−1  −1  2⎦

              ⎡2   3  1⎤
        W_o = ⎣0  −2  0⎦

              ⎡−2  1   4⎤
        W_c = ⎣ 1  2  −1⎦

warning: U_f, U_i, U_o and U_c are 2×3,
         but they multiply h₀, which has
         2 entries (2×2 would fit). h₁
         does not depend on them because
         h₀ = 0; the data is used as
         printed.

Time step 1 ────────────────────────────

1 · Forget gate
    how much of the old cell to keep
    f₁ = σ(W_f x₁ + U_f h₀ + b_f)
          ⎛⎡1  −2  5⎤ ⎡ 2⎤       ⎡5⎤⎞
       = σ⎜⎣5   5  0⎦ ⎢ 3⎥ + 0 + ⎣2⎦⎟
          ⎝           ⎣−1⎦          ⎠

          ⎛⎡−9⎤   ⎡5⎤⎞    ⎛⎡−4⎤⎞
       = σ⎝⎣25⎦ + ⎣2⎦⎠ = σ⎝⎣27⎦⎠

         ⎡0.01799⎤
       ≈ ⎣1.0000 ⎦
         first row: 1·2 + (−2)·3 +
           5·(−1) = −9
         σ(−4) = 1/(1 + e⁴) ≈ 0.01799

2 · Input gate
    how much of the new candidate to let
    in
    i₁ = σ(W_i x₁ + U_i h₀ + b_i)
          ⎛⎡ 1   0  1⎤ ⎡ 2⎤       ⎡5⎤⎞
       = σ⎜⎣−1  −1  2⎦ ⎢ 3⎥ + 0 + ⎣2⎦⎟
          ⎝            ⎣−1⎦          ⎠

          ⎛⎡ 1⎤   ⎡5⎤⎞    ⎛⎡ 6⎤⎞
       = σ⎝⎣−7⎦ + ⎣2⎦⎠ = σ⎝⎣−5⎦⎠

         ⎡0.9975  ⎤
       ≈ ⎣0.006693⎦

3 · Cell state
    c̃₁ = tanh(W_c x₁ + U_c h₀ + b_c)
             ⎛⎡−2  1   4⎤ ⎡ 2⎤
       = tanh⎜⎣ 1  2  −1⎦ ⎢ 3⎥ + 0
             ⎝            ⎣−1⎦
             ⎡5⎤⎞
           + ⎣2⎦⎠

             ⎛⎡−5⎤   ⎡5⎤⎞       ⎛⎡ 0⎤⎞
       = tanh⎝⎣ 9⎦ + ⎣2⎦⎠ = tanh⎝⎣11⎦⎠

         ⎡0     ⎤
       ≈ ⎣1.0000⎦

    c₁ = f₁ ⊙ c₀ + i₁ ⊙ c̃₁
         ⎡0.01799⎤   ⎡0⎤
       = ⎣1.0000 ⎦ ⊙ ⎣0⎦
             ⎡0.9975  ⎤   ⎡0     ⎤
           + ⎣0.006693⎦ ⊙ ⎣1.0000⎦
         ⎡0       ⎤
       ≈ ⎣0.006693⎦
         first entry is 0 because
           c̃_1,1 = 0

4 · Output gate and hidden state
    o₁ = σ(W_o x₁ + U_o h₀ + b_o)
          ⎛⎡2   3  1⎤ ⎡ 2⎤       ⎡5⎤⎞
       = σ⎜⎣0  −2  0⎦ ⎢ 3⎥ + 0 + ⎣2⎦⎟
          ⎝           ⎣−1⎦          ⎠

          ⎛⎡12⎤   ⎡5⎤⎞    ⎛⎡17⎤⎞
       = σ⎝⎣−6⎦ + ⎣2⎦⎠ = σ⎝⎣−4⎦⎠

         ⎡1.0000 ⎤
       ≈ ⎣0.01799⎦

    h₁ = o₁ ⊙ tanh(c₁)
       ≈ (0, 0.0001204)

   │ t = 1
───┼──────────────────
 f │ 0.01799, 1.0000
 i │ 0.9975, 0.006693
 c̃ │ 0, 1.0000
 o │ 1.0000, 0.01799
 c │ 0, 0.006693
 h │ 0, 0.0001204

┌──────────────────────────────┐
│ Answer   h₁ ≈ (0, 0.0001204) │
└──────────────────────────────┘
  every digit shown is correctly rounded
"""

ATTENTION_80 = """\
Additive attention: find the context c₂                     Bahdanau et al. 2015
────────────────────────────────────────────────────────────────────────────────
The decoder state s₁ asks every encoder state hⱼ how well it fits.

Time step 2 ────────────────────────────────────────────────────────────────────

1 · Scores and weights      one score for each word
    eₜ,ⱼ = v·tanh(W_a sₜ₋₁ + U_a hⱼ)
            exp(eₜ,ⱼ)
    αₜ,ⱼ = ────────────
           Σₖ exp(eₜ,ₖ)
         ≈ [0.0900  0.2447  0.6652]      the weights add up to 1

2 · Context                 the weighted sum of the encoder states
    c₂ = Σⱼ α₂,ⱼ hⱼ
                ⎡1⎤          ⎡0⎤          ⎡−1/2⎤
       = 0.0900·⎣0⎦ + 0.2447·⎣1⎦ + 0.6652·⎣ 1/4⎦
         first entry: 0.0900 + 0 − 0.3326
         second entry: 0 + 0.2447 + 0.1663

         ⎡−0.2426⎤
       ≈ ⎣ 0.4110⎦

┌────────────────────────────────────────┐
│ Answer   α₂ ≈ (0.0900, 0.2447, 0.6652) │
│          c₂ ≈ (−0.2426, 0.4110)        │
└────────────────────────────────────────┘
  every digit shown is correctly rounded
"""

ATTENTION_40 = """\
Additive attention: find the context c₂
Bahdanau et al. 2015
────────────────────────────────────────
The decoder state s₁ asks every encoder
state hⱼ how well it fits.

Time step 2 ────────────────────────────

1 · Scores and weights
    one score for each word
    eₜ,ⱼ = v·tanh(W_a sₜ₋₁ + U_a hⱼ)
            exp(eₜ,ⱼ)
    αₜ,ⱼ = ────────────
           Σₖ exp(eₜ,ₖ)
         ≈ [0.0900  0.2447  0.6652]
           the weights add up to 1

2 · Context
    the weighted sum of the encoder
    states
    c₂ = Σⱼ α₂,ⱼ hⱼ
                ⎡1⎤          ⎡0⎤
       = 0.0900·⎣0⎦ + 0.2447·⎣1⎦
                    ⎡−1/2⎤
           + 0.6652·⎣ 1/4⎦
         first entry: 0.0900 + 0 −
           0.3326
         second entry: 0 + 0.2447 +
           0.1663

         ⎡−0.2426⎤
       ≈ ⎣ 0.4110⎦

┌─────────────────────────────────┐
│ Answer   α₂ ≈ (0.0900, 0.2447,  │
│                0.6652)          │
│          c₂ ≈ (−0.2426, 0.4110) │
└─────────────────────────────────┘
  every digit shown is correctly rounded
"""

LARGE_80 = """\
Elman RNN, 256 units
────────────────────────────────────────────────────────────────────────────────
Given   x₁ = (0.0, 0.1, 0.2, …, 0.7; 128 entries)

            ⎡ 0.0  −0.3   0.6  ⋯  −0.1⎤        ⎡ 0.0  −0.3   0.6  ⋯  −0.5⎤
            ⎢−0.7   1.0  −1.3  ⋯   0.8⎥        ⎢−0.7   1.0  −1.3  ⋯   1.2⎥
        W = ⎢ 1.4  −1.7   0.1  ⋯  −1.5⎥    U = ⎢ 1.4  −1.7   0.1  ⋯   0.0⎥
            ⎢ ⋮     ⋮     ⋮    ⋱   ⋮  ⎥        ⎢ ⋮     ⋮     ⋮    ⋱   ⋮  ⎥
            ⎣−1.8   0.2  −0.5  ⋯   0.0⎦        ⎣−1.8   0.2  −0.5  ⋯   0.4⎦
                     (256×128)                          (256×256)

1 · Hidden state
    h₁ = tanh(W x₁ + U h₀ + b)
             ⎛⎡ 0.0  −0.3   0.6  ⋯  −0.1⎤ ⎡ 0.0⎤
             ⎜⎢−0.7   1.0  −1.3  ⋯   0.8⎥ ⎢−0.7⎥
       = tanh⎜⎢ 1.4  −1.7   0.1  ⋯  −1.5⎥ ⎢ 1.4⎥
             ⎜⎢ ⋮     ⋮     ⋮    ⋱   ⋮  ⎥ ⎢ ⋮  ⎥
             ⎜⎣−1.8   0.2  −0.5  ⋯   0.0⎦ ⎣−1.5⎦
             ⎝         (256×128)          (128×1)
             ⎡ 0.0  −0.3   0.6  ⋯  −0.5⎤ ⎡ 0.0⎤    ⎡ 0.0⎤ ⎞
             ⎢−0.7   1.0  −1.3  ⋯   1.2⎥ ⎢−0.7⎥    ⎢−0.7⎥ ⎟
           + ⎢ 1.4  −1.7   0.1  ⋯   0.0⎥ ⎢ 1.4⎥  + ⎢ 1.4⎥ ⎟
             ⎢ ⋮     ⋮     ⋮    ⋱   ⋮  ⎥ ⎢ ⋮  ⎥    ⎢ ⋮  ⎥ ⎟
             ⎣−1.8   0.2  −0.5  ⋯   0.4⎦ ⎣−1.8⎦    ⎣−1.8⎦ ⎟
                      (256×256)          (256×1)   (256×1)⎠
"""

GRADIENT_80 = """\
Backward
────────────────────────────────────────────────────────────────────────────────
    ∂L/∂c₂ = ∂L/∂h₂ ⊙ o₂ ⊙ (1 − tanh²(c₂)) + ∂L/∂c₃ ⊙ f₃
             two paths meet in c₂
              ⎛⎡0.25   −0.5   0.75⎤ ⎡ 0.5 ⎤   ⎡ 0.5 ⎤⎞
           = σ⎜⎢0.125   0.5  −0.25⎥ ⎢ 0.25⎥ + ⎢ 0.25⎥⎟
              ⎝⎣1       2     3   ⎦ ⎣−1   ⎦   ⎣−1   ⎦⎠

┌─────────────────────────────────────────────────────────┐
│               ⎡1/2  −0.25     ⎤                         │
│ Answer    H = ⎣  3   1.2·10⁻³⁰⎦                         │
│          h₂ ≈ (0.1, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8) │  an exact tie
└─────────────────────────────────────────────────────────┘
"""

GRADIENT_50 = """\
Backward
──────────────────────────────────────────────────
    ∂L/∂c₂ = ∂L/∂h₂ ⊙ o₂ ⊙ (1 − tanh²(c₂))
               + ∂L/∂c₃ ⊙ f₃
             two paths meet in c₂

              ⎛⎡0.25   −0.5   0.75⎤ ⎡ 0.5 ⎤
           = σ⎜⎢0.125   0.5  −0.25⎥ ⎢ 0.25⎥
              ⎝⎣1       2     3   ⎦ ⎣−1   ⎦
                 ⎡ 0.5 ⎤⎞
               + ⎢ 0.25⎥⎟
                 ⎣−1   ⎦⎠

┌───────────────────────────────────────────┐
│               ⎡1/2  −0.25     ⎤           │
│ Answer    H = ⎣  3   1.2·10⁻³⁰⎦           │
│                                           │
│          h₂ ≈ (0.1, 0.25, 0.3, 0.4, 0.5,  │
│                0.6, 0.7, 0.8)             │
└───────────────────────────────────────────┘
  an exact tie
"""

MARKS_80 = """\
GRU: find ŷ₁                                                                 Lan
────────────────────────────────────────────────────────────────────────────────
        │ yours    │ verdict
────────┼──────────┼───────────────────────────────────────────────────────────
 z₁ [1] │   0.8808 │ right
    [2] │ −10.95   │ wrong here: z and 1 − z exchanged, as some books write it

 t │ f               │ 漢字
───┼─────────────────┼──────
 1 │ 0.01799, 1.0000 │ 字
 2 │ 0               │ c
"""

MARKS_40 = """\
GRU: find ŷ₁                         Lan
────────────────────────────────────────
        │ yours    │ verdict
────────┼──────────┼────────────────────
 z₁ [1] │   0.8808 │ right
────────┼──────────┼────────────────────
    [2] │ −10.95   │ wrong here: z and
        │          │ 1 − z exchanged,
        │          │ as some books
        │          │ write it

 t │ f               │ 漢字
───┼─────────────────┼──────
 1 │ 0.01799, 1.0000 │ 字
 2 │ 0               │ c
"""

UNBREAKABLE_40 = """\

────────────────────────────────────────
 t │ f              │ g
───┼────────────────┼────────────────
 1 │ 0.123456789012 │ 0.234567890123

 t │ i
───┼────────────────
 1 │ 0.345678901234
"""

HOSTILE_60 = r"""
Ti\x1b[31mtle [red] \u202eevil                       so urce
────────────────────────────────────────────────────────────
a\x07b <b>bold</b> *not* $x$ [link](http://x) c d

    W_f @ x[t]  # | ` \x1b]0;x\x07

     = \x1b[2J + h\x1b[5m      \u2066inert
"""[1:]


PAGES = (
    (pages.EXERCISE_2, 80, EXERCISE_2_80),
    (pages.EXERCISE_2, 40, EXERCISE_2_40),
    (pages.ATTENTION, 80, ATTENTION_80),
    (pages.ATTENTION, 40, ATTENTION_40),
    (pages.LARGE, 80, LARGE_80),
    (pages.GRADIENT, 80, GRADIENT_80),
    (pages.GRADIENT, 50, GRADIENT_50),
    (pages.MARKS, 80, MARKS_80),
    (pages.MARKS, 40, MARKS_40),
    (pages.UNBREAKABLE, 40, UNBREAKABLE_40),
    (pages.HOSTILE, 60, HOSTILE_60),
)
EVERY = [
    (document, width)
    for document in (
        pages.EXERCISE_2,
        pages.ATTENTION,
        pages.LARGE,
        pages.GRADIENT,
        pages.MARKS,
        pages.HOSTILE,
    )
    for width in range(40, 131, 7)
]


@pytest.mark.parametrize(("document", "width", "expected"), PAGES)
def test_page(document: Document, width: int, expected: str) -> None:
    assert write(document, width=width) == expected


@pytest.mark.parametrize(("document", "width"), EVERY)
def test_page_keeps_to_its_width(document: Document, width: int) -> None:
    for line in write(document, width=width).splitlines():
        assert cell_width(line) <= width
        assert line == line.rstrip()


@pytest.mark.parametrize(("document", "width"), EVERY)
def test_colour_changes_no_character(document: Document, width: int) -> None:
    coloured = write(document, width=width, colour=True)
    assert re.sub(r"\x1b\[[\d;]+m", "", coloured) == write(document, width=width)


def test_narrower_than_forty_is_forty() -> None:
    assert write(pages.ATTENTION, width=3) == write(pages.ATTENTION, width=40)


def test_colours() -> None:
    blocks = (
        Heading(1, "Part"),
        Heading(2, "Step", "1", "why"),
        Answer(row(Symbol("y")), "equals", row(Symbol("x"))),
    )
    assert write(Document("Title", blocks), width=40, colour=True) == (
        "\x1b[1mTitle\x1b[0m\n"
        f"\x1b[2m{'─' * 40}\x1b[0m\n"
        f"\x1b[1;36mPart\x1b[0m \x1b[2m{'─' * 35}\x1b[0m\n"
        "\n"
        "\x1b[1m1 · Step\x1b[0m      \x1b[2mwhy\x1b[0m\n"
        "\x1b[1;32m┌────────────────┐\x1b[0m\n"
        "\x1b[1;32m│\x1b[0m \x1b[1;32mAnswer\x1b[0m   \x1b[1my = x\x1b[0m \x1b[1;32m│\x1b[0m\n"
        "\x1b[1;32m└────────────────┘\x1b[0m\n"
    )


def test_no_text_reaches_the_terminal_as_a_command() -> None:
    text = write(pages.HOSTILE, width=60)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "[red]" in text


def test_a_listing_keeps_its_blanks() -> None:
    page = Document("t", (Listing((("f[t]  = x",), ("       + y",))), Prose(("end",))))
    assert write(page, width=40) == "t\n" + "─" * 40 + "\n    f[t]  = x\n           + y\n\nend\n"


def test_a_sheet_to_fill_in() -> None:
    assert (
        write(pages.SHEET, width=60)
        == """\
Problem set
────────────────────────────────────────────────────────────
Name ________________________
Date ________________________

════════════════════════════════════════════════════════════
1 · LSTM · 5 points
A book



         ⎡______⎤
    h₁ = ⎣______⎦

┌────────────────────────────────┐
│ Answer   h₁ ≈ (______, ______) │
└────────────────────────────────┘
"""
    )


def test_a_heat_map() -> None:
    page = write(Document("t", (pages.HEAT,)), width=40)
    assert page == "t\n" + "─" * 40 + "\n t │ 1      │ 2\n───┼────────┼───\n f │ ░ 0.25 │\n"


def test_a_heat_map_that_is_turned() -> None:
    page = write(Document("t", (Heat(*wide_heat()),)), width=40)
    assert page.endswith(
        " t │ f      │ g\n───┼────────┼───────\n" + "".join(f" {n} │ ▒ 0.5{n} │ █ 1.{n}\n" for n in range(1, 7))
    )


def wide_heat() -> tuple[tuple[Text, ...], tuple[tuple[Text, ...], ...], tuple[tuple[float, ...], ...]]:
    header: tuple[Text, ...] = (("t",), *((str(n),) for n in range(1, 7)))
    rows = ((("f",), *((f"0.5{n}",) for n in range(1, 7))), (("g",), *((f"1.{n}",) for n in range(1, 7))))
    return header, rows, ((0.5,) * 6, (1.0,) * 6)


def boxes(*kinds: Kind) -> tuple[Node, ...]:
    """Boxes a, b, c … in two columns, row by row."""
    return tuple(Node(row(Symbol("abcdef"[n])), kind, n % 2, n // 2) for n, kind in enumerate(kinds))


GRAPHS: list[tuple[Graph, int, str]] = [
    (
        Graph(boxes("input", "inner", "inner", "output"), ((0, 1), (1, 3), (2, 3), (0, 3), (2, 1), (2, 0))),
        40,
        """
    ╭───╮     ┌───┐
    │ a │ ──▶ │ b │
    ╰───╯     └───┘
      ▲         ▼
    ┌───┐     ╔═══╗
    │ c │ ──▶ ║ d ║
    └───┘     ╚═══╝

    a ──▶ d
    c ──▶ b
""",
    ),
    (
        Graph(boxes("inner", "inner"), ((1, 0),)),
        40,
        """
    ┌───┐     ┌───┐
    │ a │ ◀── │ b │
    └───┘     └───┘
""",
    ),
    (
        Graph((Node(row(Symbol("h̃", ("t",))), "input", 0, 0), Node(row(Symbol("x" * 40)), "inner", 1, 0)), ((0, 1),)),
        40,
        f"""
    h̃ₜ ──▶ {"x" * 29}
           {"x" * 11}
""",
    ),
    (Graph((*boxes("inner"), Node(row(Words("⋯")), "gap", 1, 0), Node(row(Symbol("b")), "inner", 2, 0)),
           ((0, 1), (1, 2), (0, 2), (2, 1))), 40, """
    ┌───┐               ┌───┐
    │ a │ ──▶   ⋯   ◀── │ b │
    └───┘               └───┘

    a ──▶ b
"""),
    (pages.FLOW, 40, """
    ╭────╮     ┌───────┐
    │ xₜ │ ──▶ │   fₜ  │
    ╰────╯     └───────┘
                   ▼
               ╔═══════╗
               ║ h̃⁽¹⁾ₜ ║
               ╚═══════╝
"""),
]  # fmt: skip


@pytest.mark.parametrize(("graph", "width", "expected"), GRAPHS)
def test_a_graph(graph: Graph, width: int, expected: str) -> None:
    """Arrows between neighbours are drawn, others told; so are all where the boxes do not fit."""
    assert write(Document("t", (graph,)), width=width).partition("─\n")[2] == expected[1:]
