"""Documents written by hand, as `explain` would build them; the tests of the formats draw them."""

from rnncalc.document import (
    Answer,
    Bars,
    Derivation,
    Document,
    Fields,
    Given,
    Graph,
    Heading,
    Heat,
    Hints,
    Line,
    Listing,
    Node,
    Notice,
    Part,
    Prose,
    Space,
    Table,
    Text,
)
from rnncalc.formula import (
    Atom,
    Blank,
    Digits,
    Fenced,
    Fraction,
    Grid,
    Name,
    Operator,
    Over,
    Row,
    Script,
    Symbol,
    Tuple,
    Words,
    row,
)

PLUS, MINUS, ODOT, DOT = Operator("plus"), Operator("minus"), Operator("hadamard"), Operator("times")
SIGMA_SUM = Name("Σ", r"\sum")
BY, EQUALS, APPROX = Operator("apply"), Operator("equals"), Operator("approx")
SIGMA, TANH, EXP = Name("σ", r"\sigma"), Name("tanh", r"\tanh"), Name("exp", r"\exp")


def s(letters: str, *indices: str) -> Symbol:
    return Symbol(letters, indices)


def n(text: str) -> Digits:
    return Digits(text)


def matrix(text: str) -> Grid:
    """`"1 -2; 3 4"` as a grid of numbers."""
    return Grid(tuple(tuple(Digits(cell) for cell in line.split()) for line in text.split(";")))


def flat(text: str) -> Row:
    return row(Tuple(tuple(Digits(cell) for cell in text.split())))


def of(name: Name, *atoms: Atom) -> Row:
    return row(name, Fenced(row(*atoms)))


def equals(right: Row, *asides: Text, left: Row | None = None) -> Line:
    return Line("equals", right, left, asides)


def approx(right: Row, *asides: Text, left: Row | None = None) -> Line:
    return Line("approx", right, left, asides)


def gate(letter: str, name: Name = SIGMA, bar: str = "") -> Line:
    """`f₁ = σ(W_f x₁ + U_f h₀ + b_f)`."""
    sum_ = (
        s(f"W_{letter}"),
        BY,
        s("x", "1"),
        PLUS,
        s(f"U_{letter}"),
        BY,
        s("h", "0"),
        PLUS,
        s(f"b_{letter}"),
    )
    return equals(of(name, *sum_), left=row(s(letter + bar, "1")))


def numbers(name: Name, weights: str, product: str, total: str, value: str, *asides: Text) -> tuple[Line, ...]:
    x, b = matrix("2; 3; -1"), matrix("5; 2")
    return (
        equals(of(name, matrix(weights), BY, x, PLUS, n("0"), PLUS, b)),
        equals(row(of(name, matrix(product), PLUS, b), EQUALS, of(name, matrix(total)))),
        approx(row(matrix(value)), *asides),
    )


FORGET = Derivation(
    (
        gate("f"),
        *numbers(
            SIGMA,
            "1 -2 5; 5 5 0",
            "-9; 25",
            "-4; 27",
            "0.01799; 1.0000",
            (
                "first row: ",
                row(
                    n("1"),
                    DOT,
                    n("2"),
                    PLUS,
                    Fenced(row(n("-2"))),
                    DOT,
                    n("3"),
                    PLUS,
                    n("5"),
                    DOT,
                    Fenced(row(n("-1"))),
                    EQUALS,
                    n("-9"),
                ),
            ),
            (
                row(
                    of(SIGMA, n("-4")),
                    EQUALS,
                    Fraction(row(n("1")), row(n("1"), PLUS, Script(row(s("e")), row(n("4"))))),
                    APPROX,
                    n("0.01799"),
                ),
            ),
        ),
    )
)
INPUT = Derivation((gate("i"), *numbers(SIGMA, "1 0 1; -1 -1 2", "1; -7", "6; -5", "0.9975; 0.006693")))
CANDIDATE = Derivation(
    (
        gate("c", TANH, "\u0303"),
        *numbers(TANH, "-2 1 4; 1 2 -1", "-5; 9", "0; 11", "0; 1.0000"),
    )
)
CELL = Derivation(
    (
        equals(
            row(s("f", "1"), ODOT, s("c", "0"), PLUS, s("i", "1"), ODOT, s("c\u0303", "1")),
            left=row(s("c", "1")),
        ),
        equals(
            row(
                matrix("0.01799; 1.0000"),
                ODOT,
                matrix("0; 0"),
                PLUS,
                matrix("0.9975; 0.006693"),
                ODOT,
                matrix("0; 1.0000"),
                APPROX,
                matrix("0; 0.006693"),
            ),
            ("first entry is 0 because ", row(s("c\u0303", "1,1"), EQUALS, n("0"))),
        ),
    )
)
OUTPUT = Derivation((gate("o"), *numbers(SIGMA, "2 3 1; 0 -2 0", "12; -6", "17; -4", "1.0000; 0.01799")))
HIDDEN = Derivation(
    (
        equals(row(s("o", "1"), ODOT, of(TANH, s("c", "1"))), left=row(s("h", "1"))),
        approx(flat("0 0.0001204")),
    )
)

_TRACE = Table(
    (("t",), ("f",), ("i",), (row(s("c\u0303")),), ("o",), ("c",), ("h",)),
    (
        (
            ("1",),
            ("0.01799, 1.0000",),
            ("0.9975, 0.006693",),
            ("0, 1.0000",),
            ("1.0000, 0.01799",),
            ("0, 0.006693",),
            ("0, 0.0001204",),
        ),
    ),
    Table(
        (("",), ("t = 1",)),
        (
            (("f",), ("0.01799, 1.0000",)),
            (("i",), ("0.9975, 0.006693",)),
            ((row(s("c\u0303")),), ("0, 1.0000",)),
            (("o",), ("1.0000, 0.01799",)),
            (("c",), ("0, 0.006693",)),
            (("h",), ("0, 0.0001204",)),
        ),
    ),
)

EXERCISE_2 = Document(
    "LSTM: find h₁",
    (
        Given(
            (
                ((row(s("x", "1")),), flat("2 3 -1")),
                ((row(s("h", "0")), row(s("c", "0"))), row(n("0"))),
                (tuple(row(s(f"b_{g}")) for g in "fioc"), flat("5 2")),
                ((row(s("W_f")),), row(matrix("1 -2 5; 5 5 0"))),
                ((row(s("W_i")),), row(matrix("1 0 1; -1 -1 2"))),
                ((row(s("W_o")),), row(matrix("2 3 1; 0 -2 0"))),
                ((row(s("W_c")),), row(matrix("-2 1 4; 1 2 -1"))),
            )
        ),
        Notice(
            "warning",
            (
                "U_f, U_i, U_o and U_c are 2×3, but they multiply ",
                s("h", "0"),
                ", which has 2 entries (2×2 would fit). ",
                s("h", "1"),
                " does not depend on them because ",
                row(s("h", "0"), EQUALS, n("0")),
                "; the data is used as printed.",
            ),
        ),
        Heading(1, "Time step 1"),
        Heading(2, "Forget gate", "1", "how much of the old cell to keep"),
        FORGET,
        Heading(2, "Input gate", "2", "how much of the new candidate to let in"),
        INPUT,
        Heading(2, "Cell state", "3"),
        CANDIDATE,
        CELL,
        Heading(2, "Output gate and hidden state", "4"),
        OUTPUT,
        HIDDEN,
        _TRACE,
        Answer(row(s("h", "1")), "approx", flat("0 0.0001204"), (("every digit shown is correctly rounded",),)),
    ),
    "VietAI, Variants of RNN, exercise 2",
)

_SCORES = row(s("v"), DOT, of(TANH, s("W_a"), BY, s("s", "t−1"), PLUS, s("U_a"), BY, s("h", "j")))
ATTENTION = Document(
    "Additive attention: find the context c₂",
    (
        Prose(
            (
                "The decoder state ",
                s("s", "1"),
                " asks every encoder state ",
                s("h", "j"),
                " how well it fits.",
            )
        ),
        Heading(1, "Time step 2"),
        Heading(2, "Scores and weights", "1", "one score for each word"),
        Derivation(
            (
                equals(_SCORES, left=row(s("e", "t", "j"))),
                equals(
                    row(
                        Fraction(
                            row(EXP, Fenced(row(s("e", "t", "j")))),
                            row(Over(SIGMA_SUM, "k", row(EXP, Fenced(row(s("e", "t", "k")))))),
                        )
                    ),
                    left=row(s("α", "t", "j")),
                ),
                approx(row(matrix("0.0900 0.2447 0.6652")), ("the weights add up to 1",)),
            )
        ),
        Heading(2, "Context", "2", "the weighted sum of the encoder states"),
        Derivation(
            (
                equals(row(Over(SIGMA_SUM, "j", row(s("α", "2", "j"), BY, s("h", "j")))), left=row(s("c", "2"))),
                equals(
                    row(
                        n("0.0900"),
                        DOT,
                        matrix("1; 0"),
                        PLUS,
                        n("0.2447"),
                        DOT,
                        matrix("0; 1"),
                        PLUS,
                        n("0.6652"),
                        DOT,
                        matrix("-1/2; 1/4"),
                    ),
                    ("first entry: 0.0900 + 0 − 0.3326",),
                    ("second entry: 0 + 0.2447 + 0.1663",),
                ),
                approx(row(matrix("-0.2426; 0.4110"))),
            )
        ),
        Answer(row(s("α", "2")), "approx", flat("0.0900 0.2447 0.6652")),
        Answer(row(s("c", "2")), "approx", flat("-0.2426 0.4110"), (("every digit shown is correctly rounded",),)),
    ),
    "Bahdanau et al. 2015",
)


def big(rows: int, columns: int) -> Grid:
    """A matrix of tenths, no two rows of it the same."""

    def entry(row: int, column: int) -> Digits:
        return Digits(f"{(-1) ** (row + column) * ((row * 7 + column * 3) % 19) / 10}")

    return Grid(tuple(tuple(entry(row, column) for column in range(columns)) for row in range(rows)))


LARGE = Document(
    "Elman RNN, 256 units",
    (
        Given(
            (
                ((row(s("x", "1")),), row(Tuple(tuple(Digits(f"0.{i % 10}") for i in range(128))))),
                ((row(s("W")),), row(big(256, 128))),
                ((row(s("U")),), row(big(256, 256))),
            )
        ),
        Heading(2, "Hidden state", "1"),
        Derivation(
            (
                equals(
                    of(TANH, s("W"), BY, s("x", "1"), PLUS, s("U"), BY, s("h", "0"), PLUS, s("b")),
                    left=row(s("h", "1")),
                ),
                equals(
                    of(
                        TANH,
                        big(256, 128),
                        BY,
                        big(128, 1),
                        PLUS,
                        big(256, 256),
                        BY,
                        big(256, 1),
                        PLUS,
                        big(256, 1),
                    )
                ),
            )
        ),
    ),
)

EVIL = r"""<script>alert(1)</script>\input{/etc/passwd} #read("/etc/passwd") $x$ `a` *b* =1+1 "q" & % ~ ^ { } \\ \""""
"""What the languages of all formats would obey."""


HEAT = Heat((("t",), ("1",), ("2",)), (((row(s("f")),), ("0.25",), ()),), ((0.25, 0.0),))
FLOW = Graph(
    (
        Node(row(s("x", "t")), "input", 0, 0),
        Node(row(s("f", "t")), "inner", 1, 0),
        Node(row(s("h̃⁽¹⁾", "t")), "output", 1, 1),
    ),
    ((0, 1), (1, 2)),
    "A flow",
)


GAP = Graph((Node(row(Words("⋯")), "gap", 0, 0),), ())


def obeyed(text: str) -> Document:
    """A document with the text wherever text from a file can stand."""
    name = row(s(f"h_{text}", text), Words(text))
    return Document(
        text,
        (
            Heading(1, text, text, text),
            Heading(2, text, text, text),
            Prose((text, name)),
            Notice("warning", (text,), text),
            Given((((name, name), name),), text),
            Derivation((equals(name, (text, name), left=name),)),
            Hints((equals(name, left=name),), (text,)),
            Table(((text,), (name,)), (((text,), (name,)),)),
            Bars(((text,), (name,)), (((text,), (text,)),), ((0.5,),)),
            Listing(((text,),)),
            Answer(name, "approx", name, ((text,),), text),
            Heat(((text,), (name,)), (((text,), (text,)),), ((0.5,),)),
            Graph((Node(name, "inner", 0, 0),), ((0, 0),), text),
            Part(text, text, text, text),
            Fields((text, text)),
        ),
        text,
    )


SHEET = Document(
    "Problem set",
    (
        Fields(("Name", "Date")),
        Part("LSTM", "1", "5 points", "A book"),
        Space(2),
        Derivation((equals(row(Grid(((Blank(6),), (Blank(6),)))), left=row(s("h", "1"))),)),
        Answer(row(s("h", "1")), "approx", row(Tuple((Blank(6), Blank(6))))),
    ),
)

HOSTILE = Document(
    "Ti\x1b[31mtle [red] \u202eevil",
    (
        Prose(("a\x07b <b>bold</b> *not* $x$ [link](http://x) c\nd",)),
        Listing((("W_f @ x[t]  # | ` \x1b]0;x\x07",),)),
        Derivation((equals(row(Words("\x1b[2J"), PLUS, s("h\x1b[5m")), ("\u2066inert",)),)),
    ),
    "so\rurce",
)

GRADIENT = Document(
    "Backward",
    (
        Derivation(
            (
                equals(
                    row(
                        s("∂L/∂h", "2"),
                        ODOT,
                        s("o", "2"),
                        ODOT,
                        Fenced(row(n("1"), MINUS, Script(row(TANH), row(n("2"))), Fenced(row(s("c", "2"))))),
                        PLUS,
                        s("∂L/∂c", "3"),
                        ODOT,
                        s("f", "3"),
                    ),
                    ("two paths meet in c₂",),
                    left=row(s("∂L/∂c", "2")),
                ),
                equals(
                    of(
                        SIGMA,
                        matrix("0.25 -0.5 0.75; 0.125 0.5 -0.25; 1 2 3"),
                        BY,
                        matrix("0.5; 0.25; -1"),
                        PLUS,
                        matrix("0.5; 0.25; -1"),
                    )
                ),
            )
        ),
        Answer(row(s("H")), "equals", row(matrix("1/2 -0.25; 3 1.2e-30"))),
        Answer(row(s("h", "2")), "approx", flat("0.1 0.25 0.3 0.4 0.5 0.6 0.7 0.8"), (("an exact tie",),)),
    ),
)

MARKS = Document(
    "GRU: find ŷ₁",
    (
        Table(
            (("",), ("yours",), ("verdict",)),
            (
                ((row(s("z", "1")), " [1]"), ("0.8808",), ("right",)),
                (("   [2]",), ("−10.95",), ("wrong here: z and 1 − z exchanged, as some books write it",)),
            ),
        ),
        Table((("t",), ("f",), ("漢字",)), ((("1",), ("0.01799, 1.0000",), ("字",)), (("2",), ("0",), ("c",)))),
    ),
    "Lan",
)

UNBREAKABLE = Document(
    "",
    (
        Table(
            tuple((name,) for name in "tfgi"),
            ((("1",), ("0.123456789012",), ("0.234567890123",), ("0.345678901234",)),),
        ),
    ),
)
