"""Which instances are computed, and in which order: tables of whole orders, and any system against brute force."""

import tracemalloc
from fractions import Fraction

import pytest
from computing import exact, order, planned, started
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import soon

from rnncalc.equations import Binary, Number, Over, Ref, parse_equations, parse_expression, refs
from rnncalc.equations.domains.certified import Certified
from rnncalc.equations.domains.float64 import Float64
from rnncalc.errors import ExerciseError, draw

LSTM = """
    f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)
    i[t] = sigmoid(W_i @ x[t] + U_i @ h[t-1] + b_i)
    g[t] = tanh(W_c @ x[t] + U_c @ h[t-1] + b_c)
    c[t] = f[t] * c[t-1] + i[t] * g[t]
    o[t] = sigmoid(W_o @ x[t] + U_o @ h[t-1] + b_o)
    h[t] = o[t] * tanh(c[t])
    y[t] = V @ h[t]
"""
BOTH_WAYS = "A[t] = x[t] + A[t-1]\nB[t] = x[t] + B[t+1]\ny[t] = A[t] + B[t]"
STACKED = "p[t] = x[t] + p[t-1]\nq[t] = p[t] + q[t-1]\ny[t] = q[t]"
TRANSLATION = "h[t] = x[t] + h[t-1]\ns[0] = h[T]\ns[u] = s[u-1]\ny[u] = s[u]"
ATTENTION = """
    h[j] = x[j] + h[j-1]
    s[0] = h[J]
    e[t,j] = s[t-1] * h[j]
    a[t,j] = softmax(e[t,j], j)
    c[t] = sum(a[t,j] * h[j], j)
    s[t] = s[t-1] + c[t]
"""
GRID = "h[i,j] = h[i-1,j] + h[i,j-1] + x[i,j]"

ORDERS = [
    # One after the other, in the order of the list inside a step; what is not needed is left out.
    (LSTM, ["h[2]"], {"t": 5}, "f1 i1 g1 c1 o1 h1 f2 i2 g2 c2 o2 h2"),
    (LSTM, ["c[2]"], {"t": 5}, "f1 i1 g1 c1 o1 h1 f2 i2 g2 c2"),
    (LSTM, ["o[1]", "y[1]"], {"t": 5}, "f1 i1 g1 c1 o1 h1 y1"),
    ("y[t] = h[t]\nh[t] = h[t-1]", ["y"], {"t": 2}, "h1 y1 h2 y2"),
    ("y[t] = h[t]\nh[t] = h[t-1]", ["y[2]"], {"t": 3}, "h1 h2 y2"),
    ("y[t] = x[t]", ["y[2]", "y[4]"], {"t": 5}, "y2 y4"),
    # Backward where it must be; what follows reads forward.
    (BOTH_WAYS, ["y"], {"t": 3}, "A1 A2 A3 B3 B2 B1 y1 y2 y3"),
    (BOTH_WAYS, ["y[2]"], {"t": 3}, "A1 A2 B3 B2 y2"),
    (BOTH_WAYS, ["B[T]"], {"t": 3}, "B3"),
    # Layers run together.
    (STACKED, ["y"], {"t": 2}, "p1 q1 y1 p2 q2 y2"),
    # One sequence after another, even with the same letter.
    (TRANSLATION, ["y[U]"], {"t": 2, "u": 2}, "h1 h2 s0 s1 s2 y2"),
    (TRANSLATION.replace("u", "t"), ["y[T]"], {"t": 2}, "h1 h2 s0 s1 s2 y2"),
    (TRANSLATION, ["s[0]"], {"t": 3, "u": 2}, "h1 h2 h3 s0"),
    # A second index runs inside the first.
    (ATTENTION, ["s"], {"t": 2, "j": 2}, "h1 h2 s0 e1.1 e1.2 a1.1 a1.2 c1 s1 e2.1 e2.2 a2.1 a2.2 c2 s2"),
    (ATTENTION, ["a[1,2]"], {"t": 2, "j": 3}, "h1 h2 h3 s0 e1.1 e1.2 e1.3 a1.2"),
    (GRID, ["h[2,2]"], {"i": 3, "j": 3}, "h1.1 h1.2 h2.1 h2.2"),
    (GRID, ["h[1,3]"], {"i": 3, "j": 3}, "h1.1 h1.2 h1.3"),
    (GRID.replace("i-1", "i+1"), ["h[2,1]"], {"i": 3, "j": 3}, "h3.1 h2.1"),
    ("h[i,j] = h[i-1,j+1]", ["h[2,1]"], {"i": 2, "j": 3}, "h1.1 h1.2 h1.3 h2.1 h2.2 h2.3"),
    # Uses that look ahead and back, with more than one step.
    ("a[t] = b[t+1]\nb[t] = a[t-2]", ["a[3]"], {"t": 4}, "b1 b2 a1 b3 a2 b4 a3"),
    ("a[t] = b[t+1]\nb[t] = x[t]", ["a"], {"t": 3}, "b2 a1 b3 a2 a3"),
    ("h[t] = h[t-1] + h[t-2]", ["h[3]"], {"t": 5}, "h1 h2 h3"),
    ("h[t] = h[t-3]", ["h[4]"], {"t": 5}, "h1 h2 h3 h4"),
    ("h[t] = h[t+2]", ["h[2]"], {"t": 5}, "h5 h4 h3 h2"),
    # A fixed equation takes its position from the general one.
    ("h[1] = x\nh[t] = h[t-1]", ["h[T]"], {"t": 3}, "h1 h2 h3"),
    ("h[t] = h[t-1]\nh[1] = x", ["h[T]"], {"t": 3}, "h1 h2 h3"),
    ("h[1] = x\nh[2] = h[1]\nh[t] = h[t-1] + h[t-2]", ["h[4]"], {"t": 5}, "h1 h2 h3 h4"),
    ("h[3] = x\nh[t] = h[t-1]", ["h[5]"], {"t": 5}, "h3 h4 h5"),
    ("h[3] = x\nh[t] = h[t-1]", ["h"], {"t": 4}, "h3 h1 h2 h4"),
    ("h[3] = h[2] + 1\nh[t] = h[t-1]", ["h[5]"], {"t": 5}, "h1 h2 h3 h4 h5"),
    ("h[1,j] = h[1,j-1]\nh[i,j] = h[i-1,j]", ["h[2,2]"], {"i": 2, "j": 2}, "h1.1 h1.2 h2.2"),
    # What no loop can order is ordered instance by instance.
    ("a[t] = b[t-1]\nb[s] = a[s]", ["a[T]"], {"t": 3}, "a1 b1 a2 b2 a3"),
    ("h[t] = g[t,T]\ng[t,j] = g[t,j-1] + h[t-1]", ["h"], {"t": 2, "j": 2}, "g1.1 g1.2 h1 g2.1 g2.2 h2"),
    # Numbers by themselves.
    ("a = b\nb = c + d\nc = 1\nd = 2", ["a"], {}, "c d b a"),
    ("L = sum(h[t], t)\nh[t] = h[t-1]", ["L"], {"t": 2}, "h1 h2 L"),
]


@pytest.mark.parametrize(("text", "targets", "lengths", "expected"), ORDERS)
def test_order(text, targets, lengths, expected):
    made = planned(text, *targets, lengths=lengths)
    assert order(made) == expected
    assert made.count == len(expected.split())


BOUNDARIES = [
    (LSTM, ["h[T]"], {"t": 3}, [("c", (0,)), ("h", (0,))]),
    (BOTH_WAYS, ["y"], {"t": 3}, [("A", (0,)), ("B", (4,))]),
    (BOTH_WAYS, ["B[2]"], {"t": 3}, [("B", (4,))]),
    (TRANSLATION, ["y"], {"t": 3, "u": 2}, [("h", (0,))]),
    (GRID, ["h[1,2]"], {"i": 3, "j": 3}, [("h", (0, 1)), ("h", (0, 2)), ("h", (1, 0))]),
    ("h[t] = h[t-2]", ["h[1]"], {"t": 3}, [("h", (-1,))]),
    ("h[t] = h[t-2]", ["h[T]"], {"t": 3}, [("h", (-1,)), ("h", (0,))]),
    ("h[1] = x\nh[t] = h[t-1]", ["h[T]"], {"t": 3}, []),
    ("y[t] = x[t]", ["y"], {"t": 3}, []),
]


@pytest.mark.parametrize(("text", "targets", "lengths", "expected"), BOUNDARIES)
def test_boundary(text, targets, lengths, expected):
    assert sorted(planned(text, *targets, lengths=lengths).boundary) == expected


def test_lengths_come_from_the_inputs():
    made = planned(ATTENTION, "s[T]", extents={("x", 0): 4}, lengths={"t": 2})
    assert made.lengths == {"j": 4, "t": 2}
    assert order(planned("y[t] = h[t]\nh[s] = x[s]", "y", extents={("x", 0): 2})) == "h1 h2 y1 y2"


def test_what_a_target_stands_for():
    made = planned(TRANSLATION, "s", lengths={"t": 2, "u": 3})
    assert made.boxes(Ref("s")) == (((0, 3),),)
    assert list(made.positions(Ref("s"))) == [(0,), (1,), (2,), (3,)]
    assert list(made.positions(parse_expression("s[U-1]"))) == [(2,)]


# ---------------------------------------------------------------- what cannot be planned

ERRORS = [
    (
        "h[t] = tanh(h[t])",
        ["h"],
        {"t": 3},
        "equation:1:1: error: `h` is defined by itself at the same position: there is no value to begin with\n"
        "    1 │ h[t] = tanh(h[t])\n"
        "      │ ^^^^^^^^^^^^^^^^^\n"
        "  help: a recurrence looks at another position: `h[t] = tanh(W @ x[t] + U @ h[t-1])`",
    ),
    (
        "x = 1\na = b + x\nb = c\nc = a",
        ["c"],
        {},
        "equation:2:1: error: `a`, `b`, `c` are defined by one another at the same position: "
        "there is no value to begin with\n"
        "    2 │ a = b + x\n"
        "      │ ^^^^^^^^^\n"
        "  help: a recurrence looks at another position: `h[t] = tanh(W @ x[t] + U @ h[t-1])`",
    ),
    (
        "h[t] = h[t-1] + h[t+1]",
        ["h[2]"],
        {"t": 3},
        "equation:1:1: error: `h` would need the past and the future of one another at once\n"
        "    1 │ h[t] = h[t-1] + h[t+1]\n"
        "      │ ^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: let one state run forward (`t-1`) and another backward (`t+1`), and join them in a third equation",
    ),
    (
        "a[t] = b[t-1]\nb[t] = a[t+1]",
        ["a"],
        {"t": 3},
        "equation:1:1: error: `a`, `b` would need the past and the future of one another at once\n"
        "    1 │ a[t] = b[t-1]\n"
        "      │ ^^^^^^^^^^^^^\n"
        "  help: let one state run forward (`t-1`) and another backward (`t+1`), and join them in a third equation",
    ),
    (
        "h[t] = sum(h[j], j)",
        ["h[1]"],
        {"t": 3},
        "equation:1:1: error: `h` is defined by itself at the same position: there is no value to begin with\n"
        "    1 │ h[t] = sum(h[j], j)\n"
        "      │ ^^^^^^^^^^^^^^^^^^^\n"
        "  help: a recurrence looks at another position: `h[t] = tanh(W @ x[t] + U @ h[t-1])`",
    ),
    (
        "h[t] = h[t-1] + h[T]",
        ["h[1]"],
        {"t": 2},
        "equation:1:1: error: `h` would need the past and the future of one another at once\n"
        "    1 │ h[t] = h[t-1] + h[T]\n"
        "      │ ^^^^^^^^^^^^^^^^^^^^\n"
        "  help: let one state run forward (`t-1`) and another backward (`t+1`), and join them in a third equation",
    ),
    (
        "h[t] = h[t-1]\ny[j] = h[j]",
        ["y"],
        {},
        "equation:1:1: error: nothing says how far `t` runs in `h`\n"
        "    1 │ h[t] = h[t-1]\n"
        "      │ ^^^^^^^^^^^^^\n"
        "  help: give an input that is indexed by `t`, or say `lengths: {t: 3}`",
    ),
    (
        "h[t] = x[t] + y[t]",
        ["h"],
        {"x": 2, "y": 3},
        "error: the lengths do not agree: `x` has 2 but `y` has 3 positions\n"
        "  help: give as many entries of one as of the other, or index them with different letters",
    ),
    (
        "h[t] = x[t]",
        ["h"],
        {"t": 3, "x": 2},
        "error: the lengths do not agree: `lengths` says 3 but `x` has 2 positions\n"
        "  help: give as many entries of one as of the other, or index them with different letters",
    ),
    (
        "h[t] = g[t]\ng[j] = x",
        ["h"],
        {"t": 3, "j": 2},
        "error: the lengths do not agree: `lengths` says 3 for `t` but 2 for `j`, which run over the same quantity\n"
        "  help: give both the same length",
    ),
    (
        "h[t] = x[t-1]",
        ["h"],
        {"x": 2},
        "equation:1:8: error: `x[0]` is needed by `h[t] = x[t-1]`, but `x` is given for positions 1 to 2 only\n"
        "    1 │ h[t] = x[t-1]\n"
        "      │        ^^^^^^\n"
        "  help: an input has no default value, a state begins with 0: write `q[t] = x[t]` too, and `q[t-1]` here",
    ),
    (
        "h[t] = x[t+1] * w",
        ["h"],
        {"x": 2},
        "equation:1:8: error: `x[3]` is needed by `h[t] = x[t+1] * w`, but `x` is given for positions 1 to 2 only\n"
        "    1 │ h[t] = x[t+1] * w\n"
        "      │        ^^^^^^\n"
        "  help: an input has no default value, a state begins with 0: write `q[t] = x[t]` too, and `q[t+1]` here",
    ),
    ("h[t] = x[t]", ["h[4]"], {"x": 3}, "error: `h[4]` is asked for, but `t` runs from 1 to 3"),
    ("h[t] = x[t]", ["h[0]"], {"x": 3}, "error: `h[0]` is asked for, but `t` runs from 1 to 3"),
    (
        GRID,
        ["h[3,1]"],
        {"i": 2, "j": 4},
        "error: `h[3,1]` is asked for, but `i` runs from 1 to 2 and `j` runs from 1 to 4",
    ),
    ("h[t] = x[t]", ["g"], {"x": 3}, "error: `g` is asked for, but nothing defines it"),
    ("h[t] = x[t]", ["x[1]"], {"x": 3}, "error: `x[1]` is asked for, but nothing defines it"),
    ("h = 1", ["g"], {}, "error: `g` is asked for, but nothing defines it"),
]


@pytest.mark.parametrize(("text", "targets", "lengths", "message"), ERRORS)
def test_error(text, targets, lengths, message):
    stated = {letter: count for letter, count in lengths.items() if letter not in "xy"}
    extents = {(name, 0): count for name, count in lengths.items() if name in "xy"}
    with pytest.raises(ExerciseError) as caught:
        planned(text, *targets, lengths=stated, extents=extents)
    assert draw(caught.value.problems) == message


def test_inputs_outside_their_data_do_not_matter_where_they_are_not_needed():
    assert order(planned("h[t] = x[t-1]\ny[t] = h[t]", "y[3]", extents={("x", 0): 3})) == "h3 y3"


def test_a_cycle_that_is_not_needed_does_not_matter():
    assert order(planned("a = a + b\nb = 1", "b")) == "b"


# ---------------------------------------------------------------- long sequences

LONG = 100_000


def test_a_long_plan_takes_no_time_and_no_stack():
    with soon(1):
        made = planned(LSTM, "h[T]", extents={("x", 0): LONG})
    assert (made.count, made.boundary) == (6 * LONG, (("h", (0,)), ("c", (0,))))
    assert sum(1 for _ in made.instances()) == 6 * LONG


@pytest.mark.parametrize("text", ["a[t] = b[t-1]\nb[t] = a[t]", "a[t] = b[t-1]\nb[s] = a[s]", "a[t] = a[t+1]"])
def test_a_long_chain(text):
    assert planned(text, "a", lengths={"t": 20_000}).count >= 20_000


def test_values_not_needed_again_are_forgotten():
    names = "W_f U_f b_f W_i U_i b_i W_c U_c b_c W_o U_o b_o"
    numbers = {name: Fraction(n, 10) for n, name in enumerate(names.split(), 1)}
    steps = 2_000
    data = {(name, ()): [[number]] for name, number in numbers.items()}
    data |= {("x", (t,)): [[Fraction(t % 7, 7)]] for t in range(1, steps + 1)}
    text = LSTM.replace("@", "*").replace("y[t] = V * h[t]", "y[t] = 2 * h[t]")
    evaluation = started(text, data, "h[T]", domain=Float64())
    tracemalloc.start()
    before, most = tracemalloc.get_traced_memory()[0], 0
    for _ in evaluation:
        most = max(most, len(evaluation.values))
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert most <= 10
    assert len(evaluation.values) == 8
    assert grown < 200_000


WINDOWS = [
    ("h[t] = h[t-1]", "h[T]", 3),
    ("h[t] = h[t-1] + h[t-4]", "h[T]", 6),
    ("h[t] = h[t+2]", "h[2]", 4),
    ("h[t] = h[t-1]\ny = h[T]", "y", 51),
    ("h[t] = h[t-1]\ny[t] = 2 * h[t]", "y", 4),
    ("h[t] = h[t-1]\ny[t] = h[t] + h[1]", "y", 52),
    ("h[t] = h[t-1]\ny[t] = sum(h[s], s)", "h[T]", 3),
    ("h[t,j] = h[t-1,j] + h[t,j-1]", "h[T,3]", 7),
]


@pytest.mark.parametrize(("text", "target", "most"), WINDOWS)
def test_window(text, target, most):
    evaluation = started(text, {("one", ()): exact([1])}, target, domain=Float64(), lengths={"t": 50, "j": 3})
    assert max(len(evaluation.values) for _ in evaluation) == most


# ---------------------------------------------------------------- any system, against brute force

NAMES = ["a", "b", "c", "d"]
TARGETS = {
    0: [[""]],
    1: [["[t]"], ["[t]"], ["[t]"], ["[0]", "[t]"], ["[1]", "[t]"], ["[t]", "[2]"], ["[j]"]],
    2: [["[t,j]"], ["[t,j]"], ["[1,j]", "[t,j]"], ["[t,j]", "[t,1]"]],
}


@st.composite
def systems(draw):
    """Equations for four quantities of up to two indices, each a sum of random uses; the length of both letters."""
    ranks = {name: draw(st.sampled_from([0, 1, 1, 1, 2])) for name in NAMES}
    lines = []
    for name in NAMES:
        for target in draw(st.sampled_from(TARGETS[ranks[name]])):
            uses = draw(st.lists(terms(target, ranks), max_size=3))
            lines.append(f"{name}{target} = " + " + ".join([str(draw(st.integers(1, 9))), *uses]))
    length = draw(st.integers(1, 4))
    return "\n".join(draw(st.permutations(lines))), {"t": length, "j": length}


@st.composite
def terms(draw, target, ranks):
    """A coefficient and a use of any quantity, for an equation with this target."""
    letters = [letter for letter in "tj" if letter in target]
    name = draw(st.sampled_from(NAMES))
    places = [letter + offset for letter in letters for offset in ("", "-1", "-1", "-2", "+1")] + ["0", "1", "2"]
    positions = [draw(st.sampled_from(places)) for _ in range(ranks[name])]
    summed = [letter for letter in "tj" if letter not in letters and positions and draw(st.booleans())]
    for letter in summed:
        positions[draw(st.integers(0, len(positions) - 1))] = letter
    use = f"{name}[{','.join(positions)}]" if positions else name
    for letter in summed:
        use = f"sum({use}, {letter})"
    return f"{draw(st.integers(1, 9))} / 10 * {use}"


class Brute:
    """The instances of a system and what each needs, by looking at every position; values by recursion."""

    def __init__(self, text, lengths):
        self.lengths, self.owner = lengths, {}
        # General equations first, so that fixed ones replace them.
        for equation in sorted(parse_equations(text), key=lambda equation: -len(equation.indices)):
            for letters in self.all_letters(equation.indices):
                self.owner[equation.name, equation.position(letters)] = equation, letters

    def all_letters(self, letters):
        found = [{}]
        for letter in letters:
            found = [{**one, letter: place} for one in found for place in range(1, self.lengths[letter] + 1)]
        return found

    def needs(self, instance):
        """What an instance uses, outside positions included."""
        equation, letters = self.owner[instance]
        return list(self.uses(equation.expression, letters))

    def uses(self, expr, letters):
        match expr:
            case Ref(name, indices):
                yield name, tuple(letters.get(index.base, 0) + index.offset for index in indices)
            case Over(_, body, letter):
                for one in self.all_letters([letter]):
                    yield from self.uses(body, {**letters, **one})
            case Binary(_, left, right):
                yield from self.uses(left, letters)
                yield from self.uses(right, letters)

    def all_refs(self):
        return {ref for equation, _ in self.owner.values() for ref, _ in refs(equation.expression)}

    def needed(self, targets):
        """Every instance that the targets need; None if one needs itself."""
        order, fine = {}, True

        def visit(instance, path):
            nonlocal fine
            fine = fine and instance not in path
            if fine and instance in self.owner and instance not in order:
                for other in self.needs(instance):
                    visit(other, {*path, instance})
                order[instance] = None

        for target in targets:
            visit(target, set())
        return set(order) if fine else None

    def value(self, instance, known):
        if instance not in self.owner:
            return Fraction(0)
        if instance not in known:
            equation, letters = self.owner[instance]
            known[instance] = self.evaluate(equation.expression, letters, known)
        return known[instance]

    def evaluate(self, expr, letters, known):
        match expr:
            case Number(value):
                return value
            case Ref():
                (instance,) = self.uses(expr, letters)
                return self.value(instance, known)
            case Over(_, body, letter):
                return sum(self.evaluate(body, {**letters, **one}, known) for one in self.all_letters([letter]))
            case Binary(operator, left, right):
                one, other = self.evaluate(left, letters, known), self.evaluate(right, letters, known)
                return one + other if operator == "+" else one * other if operator == "*" else one / other


@given(systems(), st.data())
@settings(max_examples=400)
def test_any_system(system, data):
    text, lengths = system
    brute = Brute(text, lengths)
    targets = data.draw(st.lists(st.sampled_from(sorted(brute.owner)), min_size=1, max_size=2))
    asked = [f"{name}[{','.join(map(str, place))}]" if place else name for name, place in targets]
    try:
        evaluation = started(text, {}, *asked, domain=Certified(), lengths=lengths)
    except ExerciseError:
        evaluation = None
    if evaluation is None:
        # A loop may begin a little before what is needed, and so meet a cycle that the targets alone would not.
        assert brute.needed(list(brute.owner)) is None
    else:
        check(evaluation, brute, brute.needed(targets))


def check(evaluation, brute, needed):
    """Each instance comes once, after all it needs, with the value that recursion gives."""
    known, seen = {}, set()
    for one in evaluation:
        instance = one.equation.name, one.position
        assert brute.owner[instance] == (one.equation, dict(one.letters))
        assert {other for other in brute.needs(instance) if other in brute.owner} <= seen
        assert instance not in seen
        seen.add(instance)
        (value,) = one.value.entries
        assert Fraction(int(value.p), int(value.q)) == brute.value(instance, known)
    assert needed <= seen
    assert evaluation.plan.count == len(seen)
    outside = {other for instance in seen for other in brute.needs(instance) if other not in brute.owner}
    # A box is larger than the diagonal that `a[t,t-1]` takes out of it.
    diagonal = any(len({i.base for i in ref.indices}) < len(ref.indices) for ref in brute.all_refs())
    assert outside <= set(evaluation.plan.boundary)
    assert diagonal or outside == set(evaluation.plan.boundary)
