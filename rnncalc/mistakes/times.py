"""Time steps: a state or an input of the wrong step, the initial state again, a backward run read the wrong way."""

from collections.abc import Iterator
from fractions import Fraction

from rnncalc.equations import Binary, Call, Equation, Expr, Index, Number, Ref, places, refs
from rnncalc.mistakes.catalogue import Mistake, Rewrite
from rnncalc.mistakes.system import System, at, summed, sums
from rnncalc.mistakes.weights import substituted

_ZERO = Number(Fraction(0))


def _refs(equation: Equation) -> list[Ref]:
    """The quantities with a running position that the equation uses, each once."""
    used = [ref for ref, _ in refs(equation.expression) if ref.indices and ref.indices[0].base in equation.indices]
    return list(dict.fromkeys(used))


def _replaced(equation: Equation, ref: Ref, other: Expr, role: str, position: tuple[int, ...] | None = None) -> Rewrite:
    expression = substituted(equation.expression, lambda part: other if part == ref else None)
    return Rewrite(expression, role, position)


def _forward_pass(equation: Equation, system: System) -> bool:
    return equation.name not in system.adjoints


def _zero(equation: Equation, system: System) -> Iterator[Rewrite]:
    for ref in _refs(equation):
        if system.is_past(equation, ref) and _forward_pass(equation, system):
            yield _replaced(equation, ref, Binary("*", _ZERO, ref), ref.name)


def _initial(equation: Equation, system: System) -> Iterator[Rewrite]:
    for ref in _refs(equation):
        if system.is_past(equation, ref) and _forward_pass(equation, system) and len(ref.indices) == 1:
            first = 0 if system.offset(ref) < 0 else system.lengths[ref.indices[0].base] + 1
            yield _replaced(equation, ref, Ref(ref.name, (Index("", first),)), ref.name)


def _older(equation: Equation, system: System) -> Iterator[Rewrite]:
    """The state of two steps before."""
    for ref in _refs(equation):
        offset = system.offset(ref)
        if system.is_past(equation, ref) and _forward_pass(equation, system) and len(ref.indices) == 1:
            yield _replaced(equation, ref, at(ref, 2 * offset), ref.name)


def _other_step(equation: Equation, system: System) -> Iterator[Rewrite]:
    """An input, or a gate, of the step before or behind."""
    for ref in _refs(equation):
        if not _forward_pass(equation, system) or system.offset(ref):
            continue
        for offset in (-1, 1) if system.is_input(ref) else (-1,):
            yield _replaced(equation, ref, at(ref, ref.indices[0].offset + offset), f"{ref.name}{offset}")


def _runs_backward(name: str, system: System) -> bool:
    """Whether something of the forward pass looks at its later steps: the h and c of a backward LSTM do."""
    return any(
        ref.name == name and system.offset(ref) > 0
        for equation in system.equations
        if _forward_pass(equation, system)
        for ref, _ in refs(equation.expression)
    )


def _not_realigned(equation: Equation, system: System) -> Iterator[Rewrite]:
    """The states of a backward run in the order in which they were computed, as if that were the order of time."""
    if len(equation.indices) != 1:
        return
    last = system.lengths[equation.indices[0]]
    for ref in _refs(equation):
        if system.is_computed(ref) and ref.name not in system.adjoints and _runs_backward(ref.name, system):
            if ref.name == equation.name or ref.indices[0].offset:
                continue
            for place in range(1, last + 1):
                other = Ref(ref.name, (Index("", last + 1 - place),))
                yield _replaced(equation, ref, other, ref.name, (place,))


def _wrong_way(equation: Equation, system: System) -> Iterator[Rewrite]:
    later: dict[Expr, Expr] = {
        ref: at(ref, -system.offset(ref))
        for ref in _refs(equation)
        if system.is_computed(ref) and system.offset(ref) > 0 and _forward_pass(equation, system)
    }
    if later:
        yield Rewrite(substituted(equation.expression, later.get))


def _directions_added(equation: Equation, system: System) -> Iterator[Rewrite]:
    """W (f + b) in the place of W f + V b or of V [f; b]: the matrix, or its part, for one direction used for both."""
    for terms, put in sums(equation):
        read = [term for _, term in terms if isinstance(term, Binary) and term.operator in ("@", "*")]
        for one in read:
            for other in read:
                if _opposite(one.right, other.right, system) and system.is_matrix(one.left):
                    changed = [
                        (sign, Binary(one.operator, one.left, other.right) if term is other else term)
                        for sign, term in terms
                    ]
                    if system.fits(equation, put(summed(changed))):
                        yield Rewrite(put(summed(changed)), f"{read.index(one)}")
    for part, put in places(equation.expression):
        match part:
            case Binary("@", matrix, Call("concat", (above, below))) if _opposite(above, below, system):
                for half in (1, 2):
                    block = Call("col_block", (matrix, Number(Fraction(half)), Number(Fraction(2))))
                    added = put(Binary("@", block, Binary("+", above, below)))
                    if system.fits(equation, added):
                        yield Rewrite(added, f"{half}")


def _opposite(one: Expr, other: Expr, system: System) -> bool:
    """Whether both are states of this step, one of a run forward and one of a run backward."""
    if not (isinstance(one, Ref) and isinstance(other, Ref) and system.is_computed(one) and system.is_computed(other)):
        return False
    return system.shape(one) == system.shape(other) and _runs_backward(one.name, system) != _runs_backward(
        other.name, system
    )


MISTAKES = (
    Mistake(
        "zero-state", "a zero state used at this step", "Which state did the step before leave?", "state", _zero,
    ),
    Mistake(
        "initial-state-again", "the initial state used again", "Which state did the step before leave?", "state",
        _initial,
    ),
    Mistake("older-state", "the state of two steps before", "Which state did the step before leave?", "state", _older),
    Mistake(
        "other-step", "a value of another time step", "Which time step do these numbers belong to?", "state",
        _other_step,
    ),
    Mistake(
        "backward-states-not-realigned", "states of the backward run not put back in the order of time",
        "The backward run computes its last time step first; put its states back in the order of time.", "state",
        _not_realigned,
    ),
    Mistake(
        "backward-run-forwards", "backward run made forwards", "The backward run begins at the last time step.",
        "state", _wrong_way,
    ),
    Mistake(
        "directions-added", "directions added in the place of stacked",
        "Each direction has a part of the matrix of its own: the two states stand one below the other.", "matrix",
        _directions_added,
    ),
)  # fmt: skip
