"""Words: what they become, what the page says of them, and the whole message for everything that can be wrong."""

import re

import pytest
from test_exercise import refused

from rnncalc import loads, solve

MODEL = """\
vocabulary: [what, is, the, problem]
equations: |
  h[t] = tanh(x[t])
  y[t] = softmax(W @ h[t])
find: [y]
inputs: {x: X}
parameters:
  W: [[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]]
"""


def columns(text: str, name: str = "x") -> list[list[int]]:
    given = loads(text).network.given[name]
    return [[int(entry) for (entry,) in rows] for rows in given.values.values()]  # type: ignore[arg-type]


ONE_HOT = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]


@pytest.mark.parametrize(
    "written",
    [
        "{words: [what, is, the]}",
        "{words: what is the}",
        "{words: '  what is   the '}",
        "[{word: what}, {word: is}, {word: the}]",
        "[[1, 0, 0, 0], {word: is}, {word: the}]",
    ],
)
def test_words_are_one_hot_columns(written: str) -> None:
    assert columns(MODEL.replace("X", written)) == ONE_HOT


def test_words_that_yaml_would_change() -> None:
    text = MODEL.replace("[what, is, the, problem]", "[no, 1e3, ~, 010]").replace("X", "{words: [010, no, 1e3, ~]}")
    assert columns(text) == [[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]


def test_characters() -> None:
    text = MODEL.replace("[what, is, the, problem]", "{characters: helo}").replace("X", "{characters: hell}")
    assert columns(text) == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0]]


EMBEDDED = """\
vocabulary: [a, b, c]
equations: |
  h[t] = x[t] + h[t-1]
loss: L = sum(sum(h[t] ** 2), t)
find: [h, dL/dE]
inputs: {x: {words: c a, embedding: E}}
parameters: {E: TABLE}
"""


@pytest.mark.parametrize(
    ("table", "gradient"),
    [
        ("[[1, 2], [3, 4], [5, 6]]", [["12", "16"], ["0", "0"], ["22", "28"]]),
        ("[[1, 3, 5], [2, 4, 6]]", [["12", "0", "22"], ["16", "0", "28"]]),
    ],
)
def test_embedding(table: str, gradient: list[list[str]]) -> None:
    """h₁ = (5, 6) and h₂ = (6, 8): ∂L/∂x₁ = 2(h₁ + h₂) belongs to c, ∂L/∂x₂ = 2h₂ to a."""
    solution = solve(loads(EMBEDDED.replace("TABLE", table)))
    assert solution["x_1"] == [["5"], ["6"]]
    assert solution["h_2"] == [["6"], ["8"]]
    assert solution["dL/dE"] == gradient
    assert "1 · Embedding" in solution.text()


def test_a_square_table_has_a_row_for_each_word() -> None:
    text = EMBEDDED.replace("[a, b, c]", "[a, c]").replace("TABLE", "[[1, 2], [3, 4]]")
    assert solve(loads(text))["x_1"] == [["3"], ["4"]]


def test_targets_are_words() -> None:
    text = MODEL.replace("X", "{words: [what, is]}").replace("[y]", "[L]")
    found = solve(loads(text + "loss: {kind: cross entropy, of: y, targets: {words: [is, the]}}"))
    classes = solve(loads(text + "loss: {kind: cross entropy, of: y, targets: [2, 3]}"))
    assert found["L"] == classes["L"]
    assert "d₁ = “is” = (0, 1, 0, 0)" in found.text()


LIKELIHOODS = [
    # W = 0 makes every output (¼, ¼, ¼, ¼): likelihoods ¼, loss 2 ln 4 or ln 4, perplexity 4.
    ("", {"likelihood_1": "0.25", "likelihood_2": "0.25", "L": "2.77258872223978", "perplexity": "4.00000000000000"}),
    (", over: mean", {"likelihood_2": "0.25", "L": "1.38629436111989", "perplexity": "4.00000000000000"}),
]


@pytest.mark.parametrize(("over", "values"), LIKELIHOODS)
@pytest.mark.parametrize("kind", ["cross entropy", "softmax cross entropy"])
def test_likelihood_and_perplexity(kind: str, over: str, values: dict[str, str]) -> None:
    text = MODEL.replace("X", "{words: [what, is]}").replace("[y]", "[likelihood, L, perplexity]")
    text = re.sub("W: .*", "W: [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]", text)
    text = text.replace("softmax(W @ h[t])", "W @ h[t]") if kind != "cross entropy" else text
    solution = solve(loads(text + f"loss: {{kind: {kind}, of: y, targets: {{words: [is, the]}}{over}}}"))
    assert {name: solution[name][0][0] for name in values} == values
    assert re.search(r"· Perplexity +as unsure as among so many equal choices\n", solution.text())


def test_likelihood_at_the_last_step() -> None:
    text = MODEL.replace("X", "{words: [what, is]}").replace("[y]", "[likelihood, perplexity]")
    solution = solve(loads(text + "loss: {kind: cross entropy, of: y, targets: {word: is}, at: last}"))
    assert solution["likelihood"] == [solution["y_2"][1]]
    product = float(solution["likelihood"][0][0]) * float(solution["perplexity"][0][0])
    assert product == pytest.approx(1, rel=1e-14)


TRANSLATION = """\
vocabulary: {x: [good, day], y: [guten, Tag, .]}
equations: |
  y[t] = softmax(W @ x[t])
  w[t] = onehot_argmax(y[t])
find: [w]
inputs: {x: {words: [day, good]}}
parameters: {W: [[2, 0], [1, 3], [0, 0]]}
expect: {w_1: [0, 1, 0], y_2: [0.665, 0.245, 0.090]}
"""


def test_vocabularies_of_their_own() -> None:
    solution = solve(loads(TRANSLATION))
    assert loads(TRANSLATION).words == {
        "x": ("good", "day"), "y": ("guten", "Tag", "."), "w": ("guten", "Tag", "."),
    }  # fmt: skip
    assert [answer["words"] for answer in solution.record()["answers"].values()] == [["Tag"], ["guten"]]


def test_expected_words() -> None:
    text = TRANSLATION.replace("[0, 1, 0]", "{word: Tag}").replace("find: [w]", "find: [w, y]")
    assert solve(loads(text)).remarks == ()
    wrong = solve(loads(text.replace("{word: Tag}", "{word: guten}")))
    assert len(wrong.remarks) == 1


PAGE = """\
vocabulary: [a, b, c]
equations: |
  y = softmax(W @ x)
  z = softmax(V @ tanh(W @ x))
  w = onehot_sample(y, 0.6)
find: [y, z, w]
parameters: {x: [1, 1], W: [[1, 2], [2, 1], [0, 0]], V: [[1, 0, 1], [0, 1, 1], [0, 0, 0]]}
"""


def test_page() -> None:
    """W x = (3, 3, 0): a tie that is known to be one; tanh(3) and tanh(3) are equal, but that is not known."""
    lines = [line.strip() for line in solve(loads(PAGE)).text(width=100).splitlines()]
    for said in (
        "most likely: “a” and “b” (0.4879), a tie",
        "most likely: “a” and “b”, too close to tell which of them",
        "most likely in y: “a” and “b” (0.4879), a tie",
        "most likely in z: “a” and “b”, too close to tell which of them",
        "⎡0⎤      running sums 0.4879, 0.9757, 1.0000",
        "= ⎢1⎥      0.4879 ≤ 0.6 < 0.9757: entry 2",
        "⎣0⎦      “b”",
        "│          w = “b” = (0, 1, 0)           │",
    ):
        assert said in lines, said


def test_float64_does_not_claim_a_tie() -> None:
    record = solve(loads(PAGE.replace("tanh(W", "(W")), float64=True).record()
    assert record["answers"]["y"]["words"] == ["a", "b"]
    assert "a tie" not in solve(loads(PAGE), float64=True).text()


def test_near_scores_are_told_apart() -> None:
    """They differ in the 60th digit: the first precision does not tell, a higher one does."""
    text = PAGE.replace("[[1, 2], [2, 1], [0, 0]]", f"[[1, 2], [2, 1.{'0' * 60}1], [0, 0]]").replace("z, w", "z")
    assert solve(loads(text)).record()["answers"]["z"]["words"] == ["b"]


REFUSED = [
    (
        MODEL.replace("X", "{words: [what, are, the]}"),
        """\
f.yaml:6:28: error: `are` is not in the vocabulary
    6 │ inputs: {x: {words: [what, are, the]}}
      │                            ^^^
  help: it has what, is, the, problem
""",
    ),
    (
        MODEL.replace("X", "{words: what is teh}"),
        """\
f.yaml:6:29: error: `teh` is not in the vocabulary
    6 │ inputs: {x: {words: what is teh}}
      │                             ^^^
  help: did you mean `the`?
""",
    ),
    (
        MODEL.replace("[what, is, the, problem]", "[what, is, what, the]").replace("X", "{words: is}"),
        """\
f.yaml:1:24: error: `what` stands twice in the vocabulary
    1 │ vocabulary: [what, is, what, the]
      │                        ^^^^
  help: a word has one place in it
""",
    ),
    (
        MODEL.replace("vocabulary: [what, is, the, problem]\n", "").replace("X", "{words: [is, the, what, problem]}"),
        """\
f.yaml:5:13: error: words need a vocabulary
    5 │ inputs: {x: {words: [is, the, what, problem]}}
      │             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  help: add `vocabulary:`, a list of all words in their order
""",
    ),
    (
        MODEL.replace("[what, is, the, problem]", "{z: [a, b]}").replace("X", "[[1, 2, 3, 4]]"),
        """\
f.yaml:1:14: error: no equation uses `z`
    1 │ vocabulary: {z: [a, b]}
      │              ^
  help: they use W, h, x, y
""",
    ),
    (
        MODEL.replace("[what, is, the, problem]", "{y: [a, b]}").replace("X", "{words: a b}"),
        """\
f.yaml:6:13: error: these words have no vocabulary
    6 │ inputs: {x: {words: a b}}
      │             ^^^^^^^^^^^^
  help: list them under `vocabulary:` as well
""",
    ),
    (
        MODEL.replace("[what, is, the, problem]", "what is").replace("X", "[[1, 2, 3, 4]]"),
        """\
f.yaml:1:13: error: a vocabulary is a list of words
    1 │ vocabulary: what is
      │             ^^^^^^^
  help: write `vocabulary: [what, is, the]`
""",
    ),
    (
        MODEL.replace("X", "{words: [[what]]}"),
        """\
f.yaml:6:22: error: a word was expected
    6 │ inputs: {x: {words: [[what]]}}
      │                      ^^^^^^
  help: put a word with special signs in quotes
""",
    ),
    (
        MODEL.replace("X", "{words: what, embeding: E}"),
        """\
f.yaml:6:27: error: `embeding` is not a key of words
    6 │ inputs: {x: {words: what, embeding: E}}
      │                           ^^^^^^^^
  help: did you mean `embedding`?
""",
    ),
    (
        MODEL.replace("X", "[{word: what is}]"),
        """\
f.yaml:6:21: error: one word was expected, not 2
    6 │ inputs: {x: [{word: what is}]}
      │                     ^^^^^^^
  help: write `words:` for several
""",
    ),
    (
        MODEL.replace("X", "{embedding: W}"),
        """\
f.yaml:6:13: error: no words are given
    6 │ inputs: {x: {embedding: W}}
      │             ^^^^^^^^^^^^^^
  help: write `x: {words: [what, is], embedding: E}`
""",
    ),
    (
        MODEL.replace("X", "{words: what, characters: is}"),
        """\
f.yaml:6:13: error: `words` and `characters` exclude each other
    6 │ inputs: {x: {words: what, characters: is}}
      │             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  help: leave one of them out
""",
    ),
    (
        MODEL.replace("X", "{words: {a: b}}"),
        """\
f.yaml:6:21: error: words were expected
    6 │ inputs: {x: {words: {a: b}}}
      │                     ^^^^^^
  help: write `{words: [what, is]}` or `{characters: hell}`
""",
    ),
    (
        MODEL.replace("X", "[[1, 0, 0, 0]]") + "initial: {h: {word: is, embedding: W}}\n",
        """\
f.yaml:9:36: error: only inputs are embedded
    9 │ initial: {h: {word: is, embedding: W}}
      │                                    ^
  help: write an equation instead: `x[t] = E.T @ w[t]`
""",
    ),
    (
        MODEL.replace("[what, is, the, problem]", "{x: [a, b, c, d], y: [a, b]}").replace("X", "{words: [a, d]}"),
        """\
f.yaml:1:34: error: `y` has 4 entries, but 2 words
    1 │ vocabulary: {x: [a, b, c, d], y: [a, b]}
      │                                  ^^^^^^
  help: each entry stands for a word of the vocabulary
""",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    assert refused(text) == message
