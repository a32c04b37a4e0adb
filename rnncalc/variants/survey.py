"""What it took to draw many variants: attempts, faults met on the way, and how large the numbers came out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from rnncalc.solving import Solution
from rnncalc.variants.faults import Kind
from rnncalc.variants.generator import Variant
from rnncalc.variants.telling import Examined


class Survey(Struct, frozen=True):
    """`attempts[n]` variants took n attempts; `faults` by kind; `arguments` and `answers` are the largest argument of a
    squashing function and the answers' entries nearest to and farthest from 0, variant by variant, in float64;
    `examined` is what is known of mistakes."""

    count: int
    attempts: Mapping[int, int]
    faults: Mapping[Kind, int]
    arguments: tuple[float, ...]
    smallest: tuple[float, ...]
    largest: tuple[float, ...]
    examined: Examined


def survey(variants: Iterable[Variant], examined: Examined) -> Survey:
    """The survey of variants, taking them one by one."""
    attempts: Counter[int] = Counter()
    faults: Counter[Kind] = Counter()
    arguments, smallest, largest = [], [], []
    for variant in variants:
        attempts[variant.attempts] += 1
        faults.update(fault.kind for fault in variant.faults)
        arguments.append(variant.argument)
        numbers = (
            found.value for found in variant.solution.answers if not any(variant.solution.domain.lettered(found.value))
        )
        entries = [size for value in numbers for size in _sizes(variant.solution, value)]
        smallest.append(min(filter(None, entries), default=0.0))
        largest.append(max(entries, default=0.0))
    return Survey(
        sum(attempts.values()), dict(sorted(attempts.items())), dict(faults.most_common()), tuple(arguments),
        tuple(smallest), tuple(largest), examined,
    )  # fmt: skip


def _sizes(solution: Solution, value: Any) -> list[float]:
    return [abs(float(entry.text)) for entry in solution.entries(value)]
