"""Counts with letters in them, `4·(h·d + h²)`: added, multiplied, with numbers put in, and written."""

from collections.abc import Mapping
from itertools import chain, groupby
from math import prod

from msgspec import Struct

from rnncalc.formula import Digits, Fenced, Operator, Row, Script, Symbol, joined, row


class Count(Struct, frozen=True):
    """A polynomial in the letters of the sizes: `4·(h·d + h²)` is {(h, d): 4, (h, h): 4}, in the order of writing."""

    terms: Mapping[tuple[str, ...], int]

    def __add__(self, other: "Count") -> "Count":
        terms = dict(self.terms)
        for letters, factor in other.terms.items():
            terms[letters] = terms.get(letters, 0) + factor
        return Count(terms)

    def __mul__(self, other: "Count") -> "Count":
        """The product; the letters of a term stand from z to a: `h·d`, outputs before inputs."""
        terms: dict[tuple[str, ...], int] = {}
        for one, factor in self.terms.items():
            for letters, other_factor in other.terms.items():
                both = tuple(sorted((*one, *letters), reverse=True))
                terms[both] = terms.get(both, 0) + factor * other_factor
        return Count(terms)

    def times(self, factor: int) -> "Count":
        return Count({letters: factor * own for letters, own in self.terms.items()} if factor else {})

    def at(self, numbers: Mapping[str, int]) -> "Count":
        """The count with the letters that have numbers put in."""
        result = Count({})
        for letters, factor in self.terms.items():
            left = tuple(letter for letter in letters if letter not in numbers)
            known = prod(numbers[letter] for letter in letters if letter in numbers)
            result += Count({left: factor * known})
        return result

    @property
    def letters(self) -> dict[str, None]:
        return dict.fromkeys(chain.from_iterable(self.terms))

    @property
    def number(self) -> int | None:
        """The count itself, if no letter is left in it."""
        return None if self.letters else self.terms.get((), 0)


ONE = Count({(): 1})


def written(count: Count, numbers: Mapping[str, int] | None = None) -> Row:
    """The count as a formula, `4·(h·d + h² + 2·h)`; letters that have numbers are written as these."""
    shared = sorted(set(count.terms.values()) - {1})
    groups: dict[int, list[tuple[str, ...]]] = {}
    for letters, factor in count.terms.items():
        outside = next((one for one in shared if factor % one == 0), 1) if letters else 1
        groups.setdefault(outside, []).append(letters)
    parts = []
    for outside, group in groups.items():
        ordered = sorted(group, key=len, reverse=True) if outside > 1 else group
        parts.append(_scaled(outside, [_term(one, count.terms[one] // outside, numbers or {}) for one in ordered]))
    return joined("plus", parts) if parts else row(Digits("0"))


def _term(letters: tuple[str, ...], factor: int, numbers: Mapping[str, int]) -> Row:
    if not letters:
        return row(Digits(str(factor)))
    parts = []
    for letter, same in groupby(letters):
        base = row(Digits(str(numbers[letter])) if letter in numbers else Symbol(letter))
        power = len(list(same))
        parts.append(row(Script(base, row(Digits(str(power))))) if power > 1 else base)
    return _scaled(factor, [joined("times", parts)])


def _scaled(factor: int, terms: list[Row]) -> Row:
    body = joined("plus", terms)
    if factor == 1:
        return body
    return row(Digits(str(factor)), Operator("times"), Fenced(body) if len(terms) > 1 else body)
