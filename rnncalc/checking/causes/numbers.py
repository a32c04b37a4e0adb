"""Slips with single numbers: a sign, the decimal point, digits or entries exchanged, a number copied from elsewhere."""

from msgspec import Struct

from rnncalc.answers import Key
from rnncalc.checking.causes.predictions import Pairs
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.equations import FUNCTIONS, Call, Ref
from rnncalc.equations.domains.interval import LINE


class SlipKind(Struct, frozen=True):
    """What happened to the right number."""

    slug: str
    title: str
    hint: str
    kind: str = "number"


SIGN = SlipKind("sign-of-a-number", "sign of the number", "Check the sign.")
POINT = SlipKind("decimal-point", "decimal point in the wrong place", "Check where the decimal point stands.")
DIGITS = SlipKind("digits-exchanged", "two digits exchanged", "Compare the digits with those of your calculation.")
COPIED = SlipKind("copied-number", "number copied from another place", "Does the number belong to this quantity?")
PERMUTED = SlipKind("entries-permuted", "entries in another order", "Which entry belongs to which unit?")
MISREAD = SlipKind(
    "activation-misread", "activation read off wrongly",
    "What goes into the activation is right: compute the activation of that number again.", "activation",
)  # fmt: skip
SLIPS = (SIGN, POINT, DIGITS, COPIED, PERMUTED, MISREAD)
COMPLEMENT = SlipKind(
    "softmax-last-by-complement", "last entry of the softmax by complement",
    "Compute the last entry of a softmax too: that all of them sum to 1 is the check.", "softmax",
)  # fmt: skip
"""The mistake of this name, where the other entries are not wrong by a formula."""


class NumberSlip(Struct, frozen=True):
    """A slip at one step, with what it predicts there; `source` is where a copied number stands."""

    mistake: SlipKind
    key: Key
    predicted: Pairs
    source: Key | None = None


def misread(judging: Judging, key: Key) -> NumberSlip | None:
    """An activation whose argument is shown and right: only reading it off can have gone wrong. What was read instead
    is not known."""
    step = judging.marking.steps[key]
    match step.equation.expression:
        case Call(function, (Ref(),)) if FUNCTIONS[function].kind == "elementwise":
            if not step.needs or any(need in judging.faulty or need not in judging.shown for need in step.needs):
                return None
            return NumberSlip(MISREAD, key, (LINE,) * len(step.truth))
        case _:
            return None
