"""How a network is trained, as the section `train:` says it: learning rate, steps, how gradients are clipped."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from rnncalc.errors import Span
from rnncalc.exercise.keys import CLIP, TRAIN
from rnncalc.numbers import Exact, Surd
from rnncalc.reader import Reader
from rnncalc.source import Mapping, Node

MAX_STEPS, MAX_WINDOW = 100, 1_000_000


class Clip(Struct, frozen=True):
    """`by` says what is cut to the limit: the norm of all gradients together, of each (`matrix`), or every entry."""

    by: Literal["norm", "matrix", "value"]
    limit: Fraction
    epsilon: Fraction = Fraction(0)


class Rule(Struct, frozen=True):
    """Numbers are exact as written. `window` is the length of a window of truncated backpropagation."""

    rate: Exact
    steps: int
    clip: Clip | None
    momentum: Exact | None
    window: int | None
    parameters: tuple[str, ...]
    span: Span


def read_rule(reader: Reader, node: Node, trainable: Sequence[str]) -> Rule | None:
    """The section `train:`, None if something in it is wrong; `trainable` are the parameters that have a gradient."""
    before = len(reader.problems)
    keys = reader.mapping(node, TRAIN, "`train:`")
    if "rate" not in keys and (isinstance(node, Mapping) or len(reader.problems) == before):
        reader.problem("the learning rate is missing", node, "write `train: {rate: 0.1}`")
    rule = Rule(
        rate=_positive(reader, keys.get("rate")),
        steps=_whole(reader, keys.get("steps"), MAX_STEPS) or 1,
        clip=_clip(reader, keys.get("clip"), keys.get("epsilon")),
        momentum=_share(reader, keys["momentum"]) if "momentum" in keys else None,
        window=_whole(reader, keys.get("window"), MAX_WINDOW),
        parameters=_parameters(reader, keys.get("parameters"), trainable),
        span=node.span,
    )
    if not rule.parameters and len(reader.problems) == before:
        reader.problem("there is nothing to train", node, "the loss must depend on some of the `parameters:`")
    return rule if len(reader.problems) == before else None


def _clip(reader: Reader, node: Node | None, epsilon: Node | None) -> Clip | None:
    before = len(reader.problems)
    keys = reader.mapping(node, CLIP, "`clip:`")
    limits = [key for key in ("norm", "value") if key in keys]
    if len(limits) != 1 and (isinstance(node, Mapping) or (node and len(reader.problems) == before)):
        hint = "write `{norm: 1}`, `{norm: 1, each: matrix}` or `{value: 0.5}`"
        reader.problem("a gradient is clipped either by norm or by value", node, hint)
    elif limits != ["norm"]:
        for stray in (keys.get("each"), epsilon):
            if stray is not None:
                reader.problem("this belongs to clipping by norm", stray, "write `clip: {norm: 1}`, or remove it")
    if "each" in keys:
        reader.choice(keys["each"], ["matrix"], "way to take a norm:")
    if len(limits) != 1:
        return None
    by: Literal["norm", "matrix", "value"] = "value" if limits == ["value"] else "matrix" if "each" in keys else "norm"
    return Clip(by, _plain(reader, keys[limits[0]]), _plain(reader, epsilon) if epsilon else Fraction(0))


def _parameters(reader: Reader, node: Node | None, trainable: Sequence[str]) -> tuple[str, ...]:
    if node is None:
        return tuple(trainable)
    chosen = [reader.choice(item, trainable, "parameter to train:") for item in reader.items(node, "a list of names")]
    return tuple(dict.fromkeys(name for name in chosen if name in trainable))


# ---------------------------------------------------------------- numbers


def _whole(reader: Reader, node: Node | None, most: int) -> int | None:
    return reader.whole(node, 1, most) if node is not None else None


def _number(reader: Reader, node: Node | None) -> Fraction | Surd | None:
    """A number; None if there is none, which has been noted."""
    before = len(reader.problems)
    value = reader.number(node) if node is not None else None
    return value if len(reader.problems) == before else None


def _positive(reader: Reader, node: Node | None) -> Fraction | Surd:
    value = _number(reader, node)
    if value is None:
        return Fraction(1)
    if (value.coefficient if isinstance(value, Surd) else value) <= 0:
        reader.problem("a number above 0 was expected", node)
    return value


def _plain(reader: Reader, node: Node) -> Fraction:
    value = _positive(reader, node)
    if isinstance(value, Fraction):
        return value
    reader.problem("a number without a root was expected", node)
    return Fraction(1)


def _share(reader: Reader, node: Node) -> Fraction:
    value = _number(reader, node)
    if isinstance(value, Fraction) and 0 <= value < 1:
        return value
    if value is not None:
        reader.problem("a number from 0 to below 1 was expected", node)
    return Fraction(0)
