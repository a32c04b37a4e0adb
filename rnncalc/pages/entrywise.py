"""Values that are printed entry by entry: closed forms that are too long for a matrix, and entries that are equal."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from rnncalc.document import Line
from rnncalc.equations import Call, Expr, Index, Ref, children, constant, rebuild, walk
from rnncalc.formula import Digits, Operator, Row, Symbol, joined, row, unicode
from rnncalc.pages.values import (
    LONGEST_QUOTIENT,
    Entries,
    Solved,
    Symbols,
    entry_symbol,
    form_row,
    rational_row,
)

LONGEST_ENTRY = 36
"""Characters of an entry that still stands inside a matrix; a longer one has a line of its own."""
LONGEST_ROW = 56
"""Characters of a row of formulas that still stands as one."""
LONGEST_EXPONENT = 12
"""Characters of an exponent that is not named although it stands in several entries."""


def is_long(entries: Entries) -> bool:
    """Whether an entry, or a row of them, takes too much room to stand in a matrix."""
    widths = [[len(unicode(cell)) for cell in line] for line in entries]
    columns = [max(column) for column in zip(*widths, strict=True)]
    return max(columns) > LONGEST_ENTRY or (len(columns) > 1 and sum(columns) + 2 * len(columns) > LONGEST_ROW)


def entry_lines(
    solution: Solved, target: Ref, value: Any, symbols: Symbols, taken: Container[str]
) -> tuple[list[Line], list[Line]]:
    """Each entry on a line of its own, `f₁,₂ = σ(…) ≈ 0.0180`, after lines that name long exponents that stand in
    several: `u₁ = …`, by a letter that is not `taken`."""
    domain = solution.domain
    forms, lettered, exact = domain.forms(value), domain.lettered(value), domain.exact(value)
    assert forms is not None, "digits are never long"
    rounded = solution.entries(value)
    exponents = _repeated_exponents(forms, target, symbols, taken)
    named = [Line("equals", form_row(one, symbols), row(entry_symbol(ref, symbols))) for one, ref in exponents.items()]
    lines = []
    for number, form in enumerate(forms):
        right, known = form_row(_put_in(form, exponents), symbols), exact[number]
        if known is not None and constant(form) is None:
            right = row(right, Operator("equals"), rational_row(known))
        elif not lettered[number] and (known is None or len(unicode(right)) > LONGEST_QUOTIENT):
            right = row(right, Operator("approx"), Digits(rounded[number].text))
        lines.append(Line("equals", right, row(_entry_name(target, solution.shape(value), number, symbols))))
    return named, lines


def _repeated_exponents(forms: Sequence[Expr], target: Ref, symbols: Symbols, taken: Container[str]) -> dict[Expr, Ref]:
    """Exponents that stand in the forms more than once, as those of a softmax, with names if one of them is long."""
    powers = (part for form in forms for part in walk(form) if isinstance(part, Call) and part.function == "exp")
    counts = Counter(power.arguments[0] for power in powers)
    repeated = [one for one, count in counts.items() if count > 1 and constant(one) is None]
    if not any(len(unicode(form_row(one, symbols))) > LONGEST_EXPONENT for one in repeated):
        return {}
    letter = next((letter for letter in "uvz" if letter not in taken), "u")
    return {one: Ref(letter, (*target.indices, Index(str(number)))) for number, one in enumerate(repeated, 1)}


def _put_in(form: Expr, names: Mapping[Expr, Ref]) -> Expr:
    if form in names:
        return names[form]
    return rebuild(form, tuple(_put_in(part, names) for part in children(form))) if names else form


def equal_entries(solution: Solved, target: Ref, value: Any, symbols: Symbols) -> Iterator[Row]:
    """`o₁,₁ = o₁,₂` for entries that are proved to be the same number although they are written in two ways."""
    shape = solution.shape(value)
    for number, first in enumerate(solution.domain.repeats(value)):
        if first is not None:
            names = (_entry_name(target, shape, place, symbols) for place in (first, number))
            yield joined("equals", names)


def _entry_name(target: Ref, shape: tuple[int, int], number: int, symbols: Symbols) -> Symbol:
    line, column = divmod(number, shape[1])
    return entry_symbol(Ref(target.name, (*target.indices, *_indices(shape, line, column))), symbols)


def _indices(shape: tuple[int, int], line: int, column: int) -> tuple[Index, ...]:
    """How an entry is numbered: not at all in a number, by its row in a column."""
    if shape == (1, 1):
        return ()
    return (Index(str(line + 1)),) if shape[1] == 1 else (Index(str(line + 1)), Index(str(column + 1)))
