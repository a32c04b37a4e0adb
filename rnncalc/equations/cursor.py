"""A cursor over the tokens of one equation: the open brackets, the places of parts, the limits of size, and what is
wrong with a token at which the grammar cannot go on. It does not know the grammar.
"""

from collections.abc import Callable

from rnncalc.equations.tokens import Source, Token, tokens
from rnncalc.equations.tree import Expr, children
from rnncalc.errors import ExerciseError, Span

MAX_CHARACTERS = 4_000
MAX_NODES = 500
MAX_DEPTH, MAX_NESTING = 100, 50


class Cursor:
    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        if end - start > MAX_CHARACTERS:
            what = f"an equation of more than {MAX_CHARACTERS} characters"
            raise source.error(what, start, end, "split it: name a part")
        self.tokens = list(tokens(source, start, end))
        self.place = 0
        self.open: list[Token] = []
        self.nesting = 0
        self.parts: list[tuple[Expr, int, int]] = []

    @property
    def peek(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.peek
        self.place += token.kind != "end"
        return token

    def accept(self, *signs: str) -> Token | None:
        """The next token if it is one of these signs."""
        return self.take() if self.peek.kind == "sign" and self.peek.text in signs else None

    def enter(self) -> None:
        """Take an opening bracket."""
        self.open.append(self.take())

    def leave(self) -> None:
        """Take the bracket that closes the last one opened."""
        if not self.accept(_CLOSING[self.open[-1].text]):
            raise self.unexpected(self.peek)
        self.open.pop()

    # -- parts, their places and their number

    def part(self, expr: Expr, first: Token) -> Expr:
        """Remember where a part is written."""
        if len(self.parts) == MAX_NODES:
            raise self.too_large()
        self.parts.append((expr, first.start, self.tokens[self.place - 1].end))
        return expr

    def places(self) -> dict[Expr, Span]:
        """Where each part is written; the first of equal parts stands for all."""
        return {part: self.source.span(start, end) for part, start, end in reversed(self.parts)}

    def deeper(self, rule: Callable[[], Expr]) -> Expr:
        """One level further in: nothing that walks an equation may exhaust Python's stack."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.too_large()
        inside = rule()
        self.nesting -= 1
        return inside

    def check_depth(self, expression: Expr) -> None:
        level, depth = [expression], 0
        while level:
            depth += 1
            if depth > MAX_DEPTH:
                raise self.too_large()
            level = [part for upper in level for part in children(upper)]

    # -- errors

    def error(self, what: str, first: Token, hint: str | None = None, until: Token | None = None) -> ExerciseError:
        """An error at a token, or at all from this one until another."""
        end = self.tokens[self.tokens.index(until) - 1].end if until and until.start > first.start else first.end
        return self.source.error(what, first.start, end, hint)

    def too_large(self) -> ExerciseError:
        what = "this equation is too long or too deep"
        return self.error(what, self.tokens[0], "split it: name a part", until=self.tokens[-1])

    def unexpected(self, token: Token, operand: bool = False) -> ExerciseError:
        """What is wrong with a token at which the grammar cannot go on; `operand`: where one was expected."""
        if token.kind == "end" and self.open:
            opening = self.open[-1]
            hint = f"write the `{_CLOSING[opening.text]}` that belongs to it"
            return self.error(f"`{opening.text}` is never closed", opening, hint)
        if operand:
            found = f", not `{token.text}`" if token.text else ": the equation stops here"
            hint = _OPERAND_HINTS.get(token.text, "an operator stands between two quantities")
            return self.error(f"a quantity or a number was expected{found}", token, hint)
        if token.kind in ("name", "number") or token.text == "(":
            what = f"an operator is missing before `{token.text}`"
            hint = "products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`"
            return self.error(what, token, hint)
        if token.text in (")", "]"):
            what = f"does not close `{self.open[-1].text}`" if self.open else "closes no bracket"
            return self.error(f"`{token.text}` {what}", token, "count the brackets")
        if token.text == "=":
            return self.error("one `=` too many", token, "write one equation a line; arguments have no names")
        hint = "a comma stands between arguments, square brackets behind a name: `concat(h[t-1], x[t])`"
        return self.error(f"`{token.text}` cannot stand here", token, hint)


_OPERAND_HINTS = {
    "": "write the rest on this line; only an open bracket continues on the next",
    "[": "square brackets stand behind a name: `h[t-1]`; round ones group",
    "+": "leave out a plus that stands in front",
    ")": "something is missing between the brackets, or before this one",
}
_CLOSING = {"(": ")", "[": "]"}
