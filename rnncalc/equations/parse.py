"""Text → equations, by recursive descent.

    system     = one equation a line; an open bracket continues it on the next line; `#` begins a comment
    equation   = quantity "=" expression
    quantity   = name ["[" position { "," position } "]"]
    position   = letter [("+" | "-") whole] | ["-"] whole      t   t-1   0   and the capital letter for the last: T
    expression = product { ("+" | "-") product }
    product    = factor { ("*" | "/" | "@") factor }
    factor     = "-" factor | power
    power      = atom ["**" whole]
    atom       = ( number | quantity | call | "(" expression ")" ) { ".T" }
    call       = function "(" expression { "," expression } ")"
               | function "(" expression "," letter ")"        over all positions of the letter

`*` is element-wise and `@` is the matrix product. Precedence is Python's, where the two are equal: `r * U @ h` would
silently be `(r * U) @ h`, another network. So the mix must be parenthesised.
"""

from difflib import get_close_matches
from fractions import Fraction

from rnncalc.equations.cursor import Cursor
from rnncalc.equations.functions import ALIASES, FUNCTIONS, Function
from rnncalc.equations.tokens import Locate, Source, Token, passages
from rnncalc.equations.tree import (
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Negate,
    Number,
    Over,
    Power,
    Ref,
    Transpose,
    constant,
)
from rnncalc.errors import ExerciseError, Problem, Span
from rnncalc.numbers import NumberError, read_number

MAX_EQUATIONS = 1_000
MAX_EXPONENT, MAX_OFFSET, MAX_POSITION = 100, 1_000, 10**9


def parse_equations(text: str, locate: Locate | None = None) -> tuple[Equation, ...]:
    """The equations of a text, in order.

    Raises ExerciseError with one problem for each equation that cannot be read.
    """
    source = Source(text, locate or _in_text(text))
    equations: list[Equation] = []
    problems: list[Problem] = []
    for start, end in passages(text):
        if len(equations) + len(problems) == MAX_EQUATIONS:
            raise source.error(f"more than {MAX_EQUATIONS} equations", start, end)
        try:
            equations.append(_Parser(source, start, end).equation())
        except ExerciseError as error:
            problems.extend(error.problems)
    if problems:
        raise ExerciseError(*problems)
    if not equations:
        raise source.error("there is no equation here", 0, 0, "write one a line: `h[t] = tanh(W @ x[t] + b)`")
    return tuple(equations)


def parse_expression(text: str) -> Expr:
    """One expression on its own: `sigmoid(W @ x[t] + b)`."""
    return _Parser(Source(text, _in_text(text)), 0, len(text)).complete()


def _in_text(text: str) -> Locate:
    lines = text.split("\n")
    return lambda line, column, length: Span("equation", line, column, length, lines[line - 1])


class _Parser(Cursor):
    """Reads one equation. A method named after a rule of the grammar reads what the rule says."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        super().__init__(source, start, end)
        self.bound: frozenset[str] = frozenset()
        self.free = True
        """Whether any letter may stand for a position: on the left, and in an expression on its own."""

    def equation(self) -> Equation:
        first, last = self.tokens[0], self.tokens[-1]
        if not any(token.text == "=" for token in self.tokens):
            hint = "write `quantity = expression` on one line; only an open bracket continues on the next"
            raise self.error("an equation was expected", first, hint, until=last)
        target = self.target()
        self.free, self.bound = False, frozenset(index.base for index in target.indices)
        expression = self.complete()
        span = self.source.span(first.start, last.end)
        return Equation(target, expression, span, self.places())

    def target(self) -> Ref:
        name = self.peek
        target = self.quantity(self.take()) if name.kind == "name" else None
        equals = self.peek
        if target is None or equals.text != "=":
            until = next(token for token in self.tokens[1:] if token.text == "=" or token.kind == "end")
            raise self.error("on the left stands one quantity", name, "write `h[t] = …` or `L = …`", until=until)
        letters = [index.base for index in target.indices if index.base]
        if any(index.base and (index.offset or index.base.isupper()) for index in target.indices):
            hint = f"write `{target.name}[t] = …`"
            raise self.error("on the left stands a plain position", name, hint, until=equals)
        if len(set(letters)) < len(letters):
            raise self.error(
                "an index letter stands twice on the left", name, "use two letters: `e[t,j]`", until=equals
            )
        self.take()
        return target

    def complete(self) -> Expr:
        expression = self.expression()
        if self.peek.kind != "end":
            raise self.unexpected(self.peek)
        self.check_depth(expression)
        return expression

    # -- the grammar

    def expression(self) -> Expr:
        first, left = self.peek, self.product()
        while operator := self.accept("+", "-"):
            left = self.part(Binary("+" if operator.text == "+" else "-", left, self.product()), first)
        return left

    def product(self) -> Expr:
        first, left, before = self.peek, self.factor(), ""
        while operator := self.accept("*", "/", "@"):
            right = self.factor()
            if before and (before == "@") != (operator.text == "@"):
                raise self.error(
                    "`*` (or `/`) and `@` are mixed without brackets", first,
                    "say which comes first: `U @ (r * h)` or `r * (U @ h)`", until=self.peek,
                )  # fmt: skip
            before = operator.text
            left = self.part(Binary("@" if before == "@" else "*" if before == "*" else "/", left, right), first)
        return left

    def factor(self) -> Expr:
        first = self.peek
        if self.accept("-"):
            return self.part(Negate(self.deeper(self.factor)), first)
        return self.power()

    def power(self) -> Expr:
        first, base = self.peek, self.atom()
        if not self.accept("**"):
            return base
        token = self.take()
        exponent = _whole(token.text, MAX_EXPONENT)
        if exponent is None or exponent < 2 or self.peek.text == "**":
            what = f"a power needs a whole exponent from 2 to {MAX_EXPONENT}"
            raise self.error(what, token, "write `x ** 2`", until=self.peek)
        return self.part(Power(base, exponent), first)

    def atom(self) -> Expr:
        first = self.peek
        atom = self.unit()
        while self.accept("."):
            if self.take().text != "T":
                hint = "write `W.T` for the transpose, `0.5` for a number"
                raise self.error("only `.T` can follow a quantity", self.tokens[self.place - 1], hint)
            atom = self.part(Transpose(atom), first)
        return atom

    def unit(self) -> Expr:
        token = self.peek
        if token.kind == "number":
            return self.part(self.number(self.take()), token)
        if token.kind == "name":
            self.take()
            return self.part(self.call(token) if self.peek.text == "(" else self.quantity(token), token)
        if token.text != "(":
            raise self.unexpected(token, operand=True)
        self.enter()
        inside = self.deeper(self.expression)
        self.leave()
        return inside

    def number(self, token: Token) -> Number:
        try:
            value = read_number(token.text)
        except NumberError as error:
            start = token.start + error.start
            raise self.source.error(error.message, start, start + error.length, error.hint) from None
        assert isinstance(value, Fraction), "no root begins with a digit"
        return Number(value)

    def quantity(self, name: Token) -> Ref:
        if self.peek.text == "[":
            self.enter()
            indices = [self.position()]
            while self.accept(","):
                indices.append(self.position())
            self.leave()
            return Ref(name.text, tuple(indices))
        if name.text in self.bound:
            what = f"`{name.text}` is an index here, not a quantity"
            raise self.error(what, name, "give the quantity another letter")
        return Ref(name.text)

    def position(self) -> Index:
        first = self.take()
        letter = first.text if first.kind == "name" else ""
        sign = self.accept("+", "-") if letter else first if first.text == "-" else None
        whole = self.take() if sign else first
        offset = 0 if letter and not sign else _whole(whole.text, MAX_OFFSET if letter else MAX_POSITION)
        if offset is None or self.peek.text not in (",", "]"):
            if self.peek.kind == "end" and (first is self.peek or offset is not None):
                raise self.unexpected(self.peek)
            raise self.error(
                "a position was expected", first, "write `t`, `t-1`, `t+1`, `0` or `T` (the last)",
                until=self.end_of_position(first),
            )  # fmt: skip
        if letter and not letter.isupper() and not self.has_position(letter):
            hint = f"put `{letter}` on the left, sum over it, or write `{letter.upper()}` for its last position"
            raise self.error(f"the index `{letter}` has no position here", first, hint)
        return Index(letter, -offset if sign and sign.text == "-" else offset)

    def has_position(self, letter: str) -> bool:
        return self.free or letter in self.bound

    def end_of_position(self, first: Token) -> Token:
        rest = self.tokens[self.tokens.index(first) + 1 :]
        return next((token for token in rest if token.text in (",", "]", "=", "")), rest[-1] if rest else first)

    def call(self, name: Token) -> Expr:
        row = FUNCTIONS.get(ALIASES.get(name.text, name.text))
        if row is None and name.text != "transpose":
            near = get_close_matches(name.text, [*FUNCTIONS, "transpose"], 1)
            hint = f"did you mean `{near[0]}`?" if near else "the functions are " + ", ".join(FUNCTIONS)
            raise self.error(f"there is no function `{name.text}`", name, hint)
        if row and row.kind in ("sum", "softmax") and (letter := self.second_argument()):
            return self.over(row, letter)
        starts: list[Token] = []
        arguments: list[Expr] = []
        self.enter()
        while not arguments or self.accept(","):
            starts.append(self.peek)
            arguments.append(self.deeper(self.expression))
        self.leave()
        if row is None:
            self.check_count("transpose", 1, name, arguments)
            return Transpose(arguments[0])
        if row.kind != "concat":
            self.check_count(row.name, 1 + len(row.constants), name, arguments)
        for start, argument in zip(starts[1:], arguments[1:], strict=True):
            if row.constants and constant(argument) is None:
                raise self.error("a plain number was expected", start, f"write `{row.name}(x, 0.1)`")
        return Call(row.name, tuple(arguments))

    def check_count(self, function: str, most: int, name: Token, arguments: list[Expr]) -> None:
        if len(arguments) > most:
            allowed = f"1 to {most} arguments" if most > 1 else "1 argument"
            raise self.error(f"`{function}` takes {allowed}, not {len(arguments)}", name, until=self.peek)

    def second_argument(self) -> Token | None:
        """Where the second of two arguments begins; it is a letter that has a position in the first."""
        level, seconds = 0, []
        for number, token in enumerate(self.tokens[self.place :], self.place):
            level += (token.text in ("(", "[")) - (token.text in (")", "]"))
            if level == 0:
                break
            if level == 1 and token.text == ",":
                seconds.append(self.tokens[number + 1])
        return seconds[0] if len(seconds) == 1 else None

    def over(self, row: Function, letter: Token) -> Over:
        self.enter()
        outer = self.bound
        self.bound = self.within(row, letter)
        body = self.deeper(self.expression)
        self.bound = outer
        if not (self.accept(",") and self.take() is letter and self.peek.text == ")"):
            raise self.no_letter(row, letter)
        self.leave()
        return Over(row.name, body, letter.text, Index(letter.text) if row.kind == "softmax" else None)

    def within(self, row: Function, letter: Token) -> frozenset[str]:
        """The letters that have a position inside a function over one more letter."""
        name = letter.text
        if letter.kind != "name" or not name.islower():
            raise self.no_letter(row, letter)
        if row.kind == "sum" and name in self.bound:
            raise self.error(f"`{name}` already has a position here", letter, "sum over another letter")
        if row.kind == "softmax" and not self.has_position(name):
            raise self.error(
                f"a softmax over `{name}` has a value for each `{name}`", letter,
                f"put `{name}` on the left: `alpha[{name}] = softmax(e[{name}], {name})`",
            )  # fmt: skip
        return self.bound | {name}

    def no_letter(self, row: Function, letter: Token) -> ExerciseError:
        return self.error("an index letter was expected", letter, f"write `{row.name}(a[t,j], j)`")


def _whole(text: str, most: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= most else None
