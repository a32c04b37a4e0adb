"""How answers are marked: which digits, which rounding, what a verdict is worth; `policy:` and `marks:` of a file."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal, TypeVar, get_args

from msgspec import Struct

from rnncalc.equations import Ref
from rnncalc.errors import Problem, UsageError, did_you_mean
from rnncalc.exercise.given import read_quantity
from rnncalc.exercise.keys import POLICY
from rnncalc.numbers import NumberError, read_number
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node

Verdict = Literal[
    "exact", "carried", "last digit", "truncated", "too few digits", "follows", "wrong", "invalid", "missing"
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

NO_CREDIT: tuple[Verdict, ...] = ("wrong", "invalid", "missing")
CREDITABLE = tuple(verdict for verdict in VERDICTS if verdict not in NO_CREDIT and verdict != "exact")
_USUAL: Mapping[str, Fraction] = {
    **dict.fromkeys(VERDICTS, Fraction(1)),
    **dict.fromkeys(NO_CREDIT, Fraction(0)),
    "too few digits": Fraction(1, 2),
}


Rounding = Literal["steps", "end"]
Unit = Literal["entry", "step"]
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
UNITS: tuple[Unit, ...] = get_args(Unit)
Choice = TypeVar("Choice", bound=str)


class Policy(Struct, frozen=True):
    """`digits` asks for so many decimals or significant digits; `tolerance` accepts what is so near to the true value;
    `rounding: end` accepts only numbers that were rounded once, from the true value; `each` says what one mark is
    given for; `credit` is what verdicts are worth where that is not usual, `mistake` what a number earns in a quiz to
    which a known mistake leads."""

    digits: int | None = None
    tolerance: Fraction | None = None
    rounding: Rounding = "steps"
    each: Unit = "entry"
    credit: Mapping[str, Fraction] = {}
    mistake: Fraction = Fraction(0)

    def worth(self, verdict: Verdict) -> Fraction:
        """The part of an entry's mark that a verdict earns, from 0 to 1."""
        if verdict == "carried" and self.rounding == "end" and verdict not in self.credit:
            return Fraction(0)
        return self.credit.get(verdict, _USUAL[verdict])


def read_policy(reader: Reader, node: Node | None) -> Policy:
    """The section `policy:`."""
    keys = reader.mapping(node, POLICY, "`policy:`")
    digits = reader.whole(keys["digits"], 1, 100) if "digits" in keys else None
    tolerance = _from_zero(reader, keys.get("tolerance"))
    rounding = reader.choice(keys["rounding"], ROUNDINGS, "rounding") if "rounding" in keys else ""
    each = reader.choice(keys["each"], UNITS, "way to count") if "each" in keys else ""
    credit: dict[str, Fraction] = {}
    for verdict, value in reader.entries(keys.get("credit"), "`credit:`"):
        name = reader.choice(verdict, CREDITABLE, "verdict")
        worth = _share(reader, value)
        if worth is not None and name:
            credit[name] = worth
    return Policy(
        digits,
        tolerance,
        "end" if rounding == "end" else "steps",
        "step" if each == "step" else "entry",
        credit,
        _share(reader, keys.get("mistake")) or Fraction(0),
    )


def _share(reader: Reader, node: Node | None) -> Fraction | None:
    """A credit: a number from 0 to 1."""
    worth = _from_zero(reader, node)
    if worth is not None and worth > 1:
        reader.problem("a credit is a number from 0 to 1", node)
        return None
    return worth


def _from_zero(reader: Reader, node: Node | None) -> Fraction | None:
    if node is None:
        return None
    value = reader.number(node)
    if isinstance(value, Fraction) and value >= 0:
        return value
    reader.problem("a number of 0 or more was expected", node)
    return None


def read_marks(reader: Reader, node: Node | None, quantities: Quantities) -> tuple[tuple[Ref, Fraction], ...]:
    """The section `marks:`, `{h_1: 4, z: 2}`: what each quantity is worth."""
    found = []
    for name, value in reader.entries(node, "`marks:`"):
        ref, worth = read_quantity(reader, name, quantities), _from_zero(reader, value)
        if ref is not None and worth is not None:
            found.append((ref, worth))
    if isinstance(node, MappingNode) and found and not sum(worth for _, worth in found):
        reader.problem("all marks are 0", node, "give at least one quantity marks")
    return tuple(found)


def changed(
    policy: Policy,
    digits: int | None = None,
    tolerance: str | None = None,
    rounding: str | None = None,
    each: str | None = None,
    credit: Iterable[str] = (),
) -> Policy:
    """The policy with what the command line asks for in its place. Raises UsageError."""
    return Policy(
        policy.digits if digits is None else digits,
        policy.tolerance if tolerance is None else _tolerance(tolerance),
        _one_of(rounding, ROUNDINGS, "--rounding") or policy.rounding,
        _one_of(each, UNITS, "--each") or policy.each,
        {**policy.credit, **dict(map(read_credit, credit))},
        policy.mistake,
    )


def _one_of(text: str | None, known: tuple[Choice, ...], option: str) -> Choice | None:
    if text is None:
        return None
    for one in known:
        if one == text:
            return one
    hint = f"write `{option} {known[0]}` or `{option} {known[1]}`"
    raise UsageError(Problem(f"`{option}` has no `{text}`", None, hint))


def _tolerance(text: str) -> Fraction:
    try:
        value = read_number(text)
    except NumberError as error:
        raise UsageError(Problem(f"`--tolerance`: {error.message}", None, error.hint)) from None
    if not isinstance(value, Fraction) or value < 0:
        raise UsageError(Problem("`--tolerance` is a number of 0 or more", None, "write `--tolerance 0.001`"))
    return value


def read_credit(text: str) -> tuple[str, Fraction]:
    """`follows=0` of the command line. Raises UsageError."""
    name, _, value = text.partition("=")
    verdict = name.strip().replace("-", " ")
    if verdict not in CREDITABLE:
        hint = did_you_mean(verdict, CREDITABLE, "known: " + ", ".join(CREDITABLE))
        raise UsageError(Problem(f"there is no verdict `{verdict}` that can have credit", None, hint))
    try:
        worth = Fraction(value.strip())
    except (ValueError, ZeroDivisionError):
        worth = Fraction(-1)
    if not 0 <= worth <= 1:
        raise UsageError(Problem(f"`{text}`: a credit is a number from 0 to 1", None, "write `follows=0`"))
    return verdict, worth
