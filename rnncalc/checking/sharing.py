"""Expressions as functions that work equal parts out once: wrong equations differ little from each other.

What a part is depends on the numbers of a sheet: `values` are the parts known at one step of one sheet. What uses
given numbers only is the same for all sheets of one rounding.
"""

from collections.abc import Callable, Hashable, Mapping
from itertools import count
from typing import Any

from rnncalc.equations import Domain, Expr, Over, Ref, children, compile_walk, operation, walk

Function = Callable[[Mapping[str, int]], Any]
Lookup = Callable[[str, tuple[int, ...]], Any]
Values = dict[int, Any]

MOST_ROUNDINGS = 50
"""Given numbers are kept for so many roundings."""


class Sharing:
    """The functions of a system; `computed` are the names whose values differ from sheet to sheet."""

    def __init__(self, domain: Domain, lookup: Lookup, lengths: Mapping[str, int], computed: set[str]) -> None:
        self.domain, self.lookup, self.lengths, self.computed = domain, lookup, lengths, computed
        self._split: dict[int, tuple[Expr, Callable[..., Any], tuple[Function, ...]]] = {}
        self._known: dict[int, tuple[Expr, Function]] = {}
        self._functions: dict[Expr, Function] = {}
        self._numbers = count()
        self.forget()

    def forget(self) -> None:
        """Other numbers are given."""
        self._values: Values = {}
        self._given: dict[object, Any] = {}
        self._roundings: dict[Hashable, dict[object, Any]] = {}

    def enter(self, values: Values, rounding: Hashable) -> None:
        """Go to a step of a sheet, whose parts are `values`."""
        self._values = values
        if rounding not in self._roundings and len(self._roundings) >= MOST_ROUNDINGS:
            self._roundings.clear()
        self._given = self._roundings.setdefault(rounding, {})

    def function(self, expr: Expr) -> Function:
        """The expression as a function. The same object is found without comparing it with others."""
        known = self._known.get(id(expr))
        if known is None:
            known = self._known[id(expr)] = expr, self._shared(expr)
        return known[1]

    def _shared(self, expr: Expr) -> Function:
        found = self._functions.get(expr)
        if found is None:
            found = self._functions[expr] = self._made(expr, next(self._numbers))
        return found

    def _made(self, expr: Expr, number: int) -> Function:
        parts = children(expr)
        if isinstance(expr, Over) or not parts:
            plain = compile_walk(expr, self.domain, self.lookup, self.lengths, steady=False)
            return self._kept(plain, number) if parts else plain
        operate, functions = operation(expr, self.domain), [self._shared(part) for part in parts]
        if not any(isinstance(part, Ref) and part.name in self.computed for part in walk(expr)):
            return self._lasting(lambda at: operate(*[function(at) for function in functions]), number)
        match functions:
            case [only]:
                return self._kept(lambda at: operate(only(at)), number)
            case [left, right]:
                return self._kept(lambda at: operate(left(at), right(at)), number)
            case _:
                return self._kept(lambda at: operate(*[function(at) for function in functions]), number)

    def _kept(self, function: Function, number: int) -> Function:
        def kept(at: Mapping[str, int]) -> Any:
            values = self._values
            if number not in values:
                values[number] = function(at)
            return values[number]

        return kept

    def _lasting(self, function: Function, number: int) -> Function:
        def lasting(at: Mapping[str, int]) -> Any:
            place = number, *at.items()
            if place not in self._given:
                self._given[place] = function(at)
            return self._given[place]

        return lasting

    def split(self, expr: Expr) -> tuple[Callable[..., Any], tuple[Function, ...]]:
        """What is done last, as a function of the values of the parts, and the functions of the parts."""
        known = self._split.get(id(expr))
        if known is None:
            parts = tuple(self._shared(part) for part in children(expr))
            known = self._split[id(expr)] = expr, operation(expr, self.domain), parts
        return known[1], known[2]
