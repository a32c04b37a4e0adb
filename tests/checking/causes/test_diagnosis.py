"""What is told of a wrong step: slips with numbers, several causes, and how sure one must be of them."""

import pytest

from rnncalc import loads
from rnncalc.checking import NumberSlip, check, diagnose, prepare, read
from rnncalc.checking.causes.diagnosis import decided

CHAIN = """\
equations: |
  a[t] = w * x[t] + b
  h[t] = sigmoid(a[t])
inputs: {x: [0.7, -1.3]}
parameters: {w: 2.345, b: 0.5}
find: [h]
"""


@pytest.mark.parametrize(
    ("sheet", "slugs", "named"),
    [
        ("a1: 1.6415\nh1: 0.8377\na2: -3.0485\nh2: 0.0453", [["bias-forgotten"]], True),
        ("a1: 2.1415\nh1: 0.8949\na2: 2.5485\nh2: 0.9275", [["sign-of-the-result", "sign-of-a-number"]], True),
        ("a1: 21.415\nh1: 0.8949\na2: -2.5485\nh2: 0.0725", [["decimal-point"]], True),
        ("a1: 2.1451\nh1: 0.8953\na2: -2.5485\nh2: 0.0725", [["digits-exchanged"]], True),
        ("a1: 2.1415\nh1: 0.8949\na2: 2.1415\nh2: 0.8949", [["other-step", "copied-number"]], True),
        ("a1: 2.1415\nh1: 0.8949\na2: -2.5485\nh2: 0.5555", [["activation-misread"]], False),
        ("a1: 2.1415\nh1: 0.8949\nh2: 0.5555", [], False),
    ],
)
def test_slips_with_numbers(sheet: str, slugs: list[list[str]], named: bool) -> None:
    marking = prepare(loads(CHAIN))
    (cause,) = diagnose(marking, check(marking, read(marking, sheet)))
    assert [list(dict.fromkeys(one.mistake.slug for one in group)) for group in cause.groups] == slugs
    assert cause.named == named


def test_digits_exchanged_behind_a_decimal_comma() -> None:
    marking = prepare(loads(CHAIN))
    sheet = "a1: 2,1451\nh1: 0,8953\na2: -2,5485\nh2: 0,0725"
    (cause,) = diagnose(marking, check(marking, read(marking, sheet, decimal_comma=True)))
    assert [[one.mistake.slug for one in group] for group in cause.groups] == [["digits-exchanged"]]


def test_a_number_copied_from_a_quantity_that_is_not_shown() -> None:
    marking = prepare(loads(CHAIN))
    (cause,) = diagnose(marking, check(marking, read(marking, "h1: 0.8949\nh2: 2.1415")))
    assert cause.named
    assert [
        (one.mistake.slug, one.source) for group in cause.groups for one in group if isinstance(one, NumberSlip)
    ] == [("copied-number", ("a", (1,)))]


ACCUMULATED = """\
equations: |
  a[t] = sigmoid(w * x[t] + b)
  h[t] = a[t] * x[t] + h[t-1]
inputs: {x: [0.7, -1.3]}
parameters: {w: 2.345, b: 0.5}
initial: {h: 0.4}
find: [h]
"""


@pytest.mark.parametrize(
    ("sheet", "wrong", "causes"),
    [
        # No σ is 2.1415, so nothing follows from it; but h1 is what it leads to, and no mistake of its own.
        ("a1: 2.1415\nh1: 1.8991\na2: 0.0725\nh2: 1.8049", 2, {"a": "activation-forgotten"}),
        # Here the product is taken off.
        (
            "a1: 2.1415\nh1: -1.0991\na2: 0.0725\nh2: -1.1934",
            2,
            {"a": "activation-forgotten", "h": "sign-of-a-term"},
        ),
    ],
)
def test_what_an_impossible_number_leads_to_has_no_cause_of_its_own(
    sheet: str, wrong: int, causes: dict[str, str]
) -> None:
    marking = prepare(loads(ACCUMULATED))
    report = check(marking, read(marking, sheet))
    assert sum(judged.verdict == "wrong" for part in report.parts for judged in part.judged) == wrong
    found = diagnose(marking, report)
    assert {cause.steps[0][0]: cause.groups[0][0].mistake.slug for cause in found if cause.named} == causes
    assert len(found) == len(causes)


def test_what_may_be_any_number_explains_none() -> None:
    """Scores whose sum may be zero leave no shares, and hide nobody who hands in the scores."""
    text = "equations: |\n  s = A @ x\n  y = softmax(s)\ninputs: {x: [0.6, 0.1]}\nfind: [y]\n"
    marking = prepare(loads(text + "parameters: {A: [[0.4, 0.36], [-0.48, 0.1198]]}\n"))
    sheet = "s: [0.2760, -0.2760]\ny: [0.2760, -0.2760]"
    (cause,) = diagnose(marking, check(marking, read(marking, sheet)))
    assert (cause.named, cause.groups[0][0].mistake.slug) == (True, "softmax-forgotten")


def test_two_signs_of_a_long_sum_are_one_cause() -> None:
    """What the digits of seven numbers allow is not the same on both sides of it."""
    text = """\
equations: |
  h[t] = tanh(w * x[t])
  L = sum(h[t] ** 2 * x[t], t)
inputs: {x: [0.7, -1.3, 2.1, 1.7, 1.1, 0.4, 1.9]}
parameters: {w: 0.8}
find: [L]
"""
    marking = prepare(loads(text))
    numbers = "h1: 0.5080\nh2: -0.7779\nh3: 0.9329\nh4: 0.8764\nh5: 0.7064\nh6: 0.3095\nh7: 0.9087\nL: -4.6835"
    (cause,) = diagnose(marking, check(marking, read(marking, numbers)))
    assert cause.named
    assert [[one.mistake.slug for one in group] for group in cause.groups] == [
        ["sign-of-the-result", "sign-of-a-number"]
    ]


@pytest.mark.parametrize(("groups", "chance", "told"), [
    (1, 0.01, (True, True)), (1, 0.9, (False, True)), (1, 1.1, (False, False)),
    (2, 0.01, (False, True)), (3, 2.9, (False, True)), (3, 3.1, (False, False)), (6, 0.01, (False, False)),
])  # fmt: skip
def test_what_is_told_of_causes(groups: int, chance: float, told: tuple[bool, bool]) -> None:
    """Named is one alone that hardly fits by chance; listed are a few, if not so many are expected to."""
    assert decided(groups, chance) == told


SOFTMAX = "equations: 'y = softmax(s)'\nparameters: {s: [0.3, -0.4, 1.1]}\nfind: [y]\n"
ATTENTION = "equations: 'y[j] = softmax(s[j], j)'\ninputs: {s: [0.3, -0.4, 1.1]}\nfind: [y]\n"


@pytest.mark.parametrize(
    ("text", "sheet", "slugs"),
    [
        # Right is 0.2687, 0.1334, 0.5979: the second one is wrong, and the last one is what is left of 1.
        (SOFTMAX, "y: [0.2687, 0.1433, 0.5880]", [["softmax-last-by-complement"]]),
        (ATTENTION, "y1: 0.2687\ny2: 0.1666\ny3: 0.5647", [[], ["softmax-last-by-complement"]]),
        # The sum is not 1.
        (SOFTMAX, "y: [0.2687, 0.1666, 0.5868]", [[]]),
        # All are wrong, as if all were divided by another sum.
        (SOFTMAX, "y: [0.2222, 0.1666, 0.6112]", [[]]),
        # sigmoid of the first and the second score, and what is left of 1.
        (SOFTMAX, "y: [0.5744, 0.4013, 0.0243]", [["softmax-last-by-complement"]]),
        # Two of three entries in each other's place.
        (SOFTMAX, "y: [0.1334, 0.2687, 0.5979]", [["entries-permuted"]]),
    ],
)
def test_the_last_entry_by_complement(text: str, sheet: str, slugs: list[list[str]]) -> None:
    marking = prepare(loads(text))
    causes = diagnose(marking, check(marking, read(marking, sheet)))
    found = [[one.mistake.slug for group in cause.groups for one in group] for cause in causes]
    assert [list(dict.fromkeys(group)) for group in found] == slugs
