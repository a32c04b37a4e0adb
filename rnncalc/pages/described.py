"""A network with its sizes, from a cell or an exercise: how its names, its equations and its sizes are printed."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from rnncalc.cell import Cell
from rnncalc.document import Text, plain, separated
from rnncalc.equations import Equation, Expr, Number, Ref, Style, children, formula, symbol
from rnncalc.errors import Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.formula import Digits, Fenced, Operator, Row, row, unicode
from rnncalc.languages import sentence, sentences
from rnncalc.parameters import Sizes, sizes_of
from rnncalc.polynomial import Count, written


class Described(Struct, frozen=True):
    """A network, from a cell or an exercise: `numbers` are the sizes known, by letter; `misfits` are parameters given
    in a shape that the equations do not have."""

    name: str
    title: str
    source: str
    equations: tuple[Equation, ...]
    symbols: Mapping[str, str]
    sizes: Sizes
    numbers: Mapping[str, int]
    misfits: tuple[str, ...] = ()
    reference: str = ""


def described(subject: Cell | Exercise, asked: Mapping[str, int], trained: bool = False) -> Described:
    """The network with the sizes that are known: those of the exercise's data, and those asked for. Of a training the
    later runs and the updates are `trained`: they are left out unless they are wanted."""
    if isinstance(subject, Cell):
        sizes = sizes_of(subject.equations)
        numbers = {letter: number for letter, number in asked.items() if letter in sizes.named}
        return Described(
            subject.name,
            subject.title,
            subject.name,
            subject.equations,
            subject.symbols,
            sizes,
            numbers,
            reference=subject.reference,
        )
    every = tuple(one for one in subject.network.plan.equations if one.name not in subject.adjoints)
    equations = every if trained else subject.forward
    sizes, numbers = _sizes_in(subject, equations, asked)
    misfits = tuple(name for misfit in subject.network.misfits for name in misfit.names)
    return Described(subject.name, subject.title, subject.source, equations, subject.symbols, sizes, numbers, misfits)


def _sizes_in(
    exercise: Exercise, equations: tuple[Equation, ...], asked: Mapping[str, int]
) -> tuple[Sizes, dict[str, int]]:
    """The letters with their numbers in the data. Where a plain number multiplies an array, or vectors are rows, the
    data tells."""
    shapes = exercise.network.shapes.sizes

    def numbers_of(sizes: Sizes) -> dict[str, int]:
        known = {letter: shapes[name][side] or asked.get(letter) for letter, (name, side) in sizes.named.items()}
        return {letter: number for letter, number in known.items() if number}

    sizes = sizes_of(equations)
    numbers = numbers_of(sizes)
    excused = {name for misfit in exercise.network.misfits for name in misfit.names}
    for name in sizes.roles.keys() - excused:
        told = tuple(side.at(numbers).number for side in sizes.shapes[name])
        if None not in (*told, *shapes[name]) and told != shapes[name]:
            plain = [one for one in sizes.roles if shapes[one] == (1, 1)]
            rows = [one for one in sizes.roles if shapes[one][0] == 1 and one not in plain]
            sizes = sizes_of(equations, plain, rows)
            return sizes, numbers_of(sizes)
    return sizes, numbers


def check_sizes(asked: Mapping[str, int], networks: Iterable[Described]) -> None:
    """Raises UsageError for a letter that is no size of these networks, or has another number in an exercise."""
    known = list(networks)
    for letter, number in asked.items():
        using = [one for one in known if letter in one.sizes.named]
        if not using:
            told = dict.fromkeys(f"{one.name}: {plain(sizes_text(one.sizes, one.symbols))}" for one in known)
            example = next((name for one in known for name in one.sizes.named if name not in asked), letter)
            hint = f"{' '.join(told)} Give one of these: `--size {example}={number}`"
            raise UsageError(Problem(f"no size is called `{letter}` here", None, hint))
        for one in using:
            if one.numbers[letter] != number:
                what = f"`{letter}` is {one.numbers[letter]} in the exercise `{one.name}`, not {number}"
                raise UsageError(Problem(what, None, "leave the size out of the command"))


def printed_name(name: str, symbols: Mapping[str, str]) -> Row:
    """A quantity as it is printed: W_f."""
    return row(symbol(Ref(name), symbols))


def printed_equations(equations: tuple[Equation, ...], symbols: Mapping[str, str], sizes: Sizes) -> list[Row]:
    """The equations as formulas; a product with a plain number has no ⊙."""

    def is_scalar(expr: Expr) -> bool:
        if isinstance(expr, Ref):
            return sizes.entries(expr.name).number == 1
        return isinstance(expr, Number) or (bool(children(expr)) and all(map(is_scalar, children(expr))))

    style = Style(symbols, is_scalar=is_scalar)
    return [row(symbol(one.target, symbols), Operator("equals"), formula(one.expression, style)) for one in equations]


def shape_text(sizes: Sizes, name: str) -> str:
    """`h×d`, and `n×(h + e)` where two vectors are joined."""
    return "×".join(unicode(bracketed(side)) for side in sizes.shapes[name])


def sizes_text(sizes: Sizes, symbols: Mapping[str, str], numbers: Mapping[str, int] | None = None) -> Text:
    """What the letters are: `x has d entries, h has h entries`, with their numbers where these are known."""
    told: list[Text] = []
    for letter, (name, side) in sizes.named.items():
        number = (numbers or {}).get(letter)
        size = written(Count({(letter,): 1}))
        size = row(size, Operator("equals"), Digits(str(number))) if number else size
        told.append(_has(sizes, name, side, number or 0, printed_name(name, symbols), size))
    return (*separated(told), ".") if told else sentence("All sizes are fixed by the equations.")


def _has(sizes: Sizes, name: str, side: int, number: int, quantity: Row, size: Row) -> Text:
    """The sentence that says what a letter counts."""
    if side:
        return sentences(
            "{quantity} has {size} column", "{quantity} has {size} columns", number, quantity=quantity, size=size
        )
    if sizes.shapes[name][1].number == 1:
        return sentences(
            "{quantity} has {size} entry", "{quantity} has {size} entries", number, quantity=quantity, size=size
        )
    return sentences("{quantity} has {size} row", "{quantity} has {size} rows", number, quantity=quantity, size=size)


def bracketed(count: Count) -> Row:
    """A count as a factor: `(h + d)`."""
    body = written(count)
    return row(Fenced(body)) if Operator("plus") in body.atoms else body
