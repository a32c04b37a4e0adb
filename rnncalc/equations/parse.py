r"""Text → equations, through Python's `ast` as a reader of precedence only: nothing is compiled, nothing evaluated.

    system     = one equation a line; an open bracket continues it on the next line; `#` begins a comment
    equation   = quantity "=" expression
    quantity   = name ["[" position { "," position } "]"]
    position   = letter [("+" | "-") whole] | ["-"] whole      t   t-1   0   and the capital letter for the last: T
    expression = number | quantity | "(" expression ")" | "-" expression | expression "**" whole
               | expression ("+" | "-" | "*" | "/" | "@") expression | expression ".T" | call
    call       = function "(" expression { "," expression } ")"
               | function "(" expression "," letter ")"        over all positions of the letter

`*` is element-wise and `@` is the matrix product. Python gives them equal precedence, so `r * U @ h` would silently be
`(r * U) @ h`, another network: the mix must be parenthesised.
"""

import ast
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from fractions import Fraction

from rnncalc.equations.functions import ALIASES, FUNCTIONS, Function
from rnncalc.equations.passages import Locate, Passage, passages
from rnncalc.equations.syntax import Syntax
from rnncalc.equations.tree import (
    Binary,
    BinaryOperator,
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
)
from rnncalc.equations.walks import constant
from rnncalc.errors import ExerciseError, Problem, Span
from rnncalc.numbers import NumberError, read_number

MAX_EQUATIONS = 1_000
MAX_EXPONENT, MAX_OFFSET, MAX_POSITION = 100, 1_000, 10**9

_OPERATORS: dict[type[ast.operator], BinaryOperator] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@",
}  # fmt: skip
_ALLOWED = "an equation is made of numbers, quantities, + - * / @ ** .T and the functions " + ", ".join(FUNCTIONS)


def parse_equations(text: str, locate: Locate | None = None) -> tuple[Equation, ...]:
    """The equations of a text, in order.

    Raises ExerciseError with one problem for each equation that cannot be read.
    """
    locate = locate or _in_text(text)
    equations: list[Equation] = []
    problems: list[Problem] = []
    for passage in passages(text, locate):
        if len(equations) + len(problems) == MAX_EQUATIONS:
            raise passage.error(f"more than {MAX_EQUATIONS} equations", 0, len(passage.text))
        try:
            equations.append(_Reader(passage).equation())
        except ExerciseError as error:
            problems.extend(error.problems)
    if problems:
        raise ExerciseError(*problems)
    if not equations:
        hint = "write one a line: `h[t] = tanh(W @ x[t] + b)`"
        raise ExerciseError(Problem("there is no equation here", locate(1, 1, 1), hint))
    return tuple(equations)


def parse_expression(text: str) -> Expr:
    """One expression on its own: `sigmoid(W @ x[t] + b)`."""
    return _Reader(Passage(text, 0, len(text), _in_text(text))).expression()


def _in_text(text: str) -> Locate:
    lines = text.split("\n")
    return lambda line, column, length: Span("equation", line, column, length, lines[line - 1])


class _Reader:
    """Reads one equation from Python's syntax tree."""

    def __init__(self, passage: Passage) -> None:
        self.passage, self.syntax = passage, Syntax(passage)
        self.places: dict[Expr, Span] = {}
        self.bound: frozenset[str] = frozenset()
        self.free = True
        """Whether any letter may stand for a position: on the left, and in an expression on its own."""

    def equation(self) -> Equation:
        statement = self.syntax.statement()
        target = self.target(statement.targets[0])
        self.free, self.bound = False, frozenset(index.base for index in target.indices)
        expression = self.expr(statement.value)
        return Equation(target, expression, self.passage.span(0, len(self.passage.text)), self.places)

    def expression(self) -> Expr:
        return self.expr(self.syntax.expression())

    def error(self, what: str, node: ast.expr, hint: str | None = None) -> ExerciseError:
        return self.syntax.error(what, node, hint)

    # -- nodes

    def target(self, node: ast.expr) -> Ref:
        match node:
            case ast.Name(id=name):
                return Ref(_composed(name))
            case ast.Subscript(value=ast.Name(id=name)):
                target = Ref(_composed(name), self.positions(node))
            case _:
                raise self.error("on the left stands one quantity", node, "write `h[t] = …` or `L = …`")
        if any(index.base and (index.offset or index.base.isupper()) for index in target.indices):
            raise self.error("on the left stands a plain position", node, f"write `{target.name}[t] = …`")
        if len(set(target.letters)) < len(target.letters):
            raise self.error("an index letter stands twice on the left", node, "use two letters: `e[t,j]`")
        return target

    def expr(self, node: ast.expr) -> Expr:
        expr = self.build(node)
        self.places.setdefault(expr, self.passage.span(*self.syntax.bounds(node)))
        return expr

    def build(self, node: ast.expr) -> Expr:
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name(id=name):
                return self.name(node, _composed(name))
            case ast.Subscript(value=ast.Name(id=name)):
                return Ref(_composed(name), self.positions(node))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negate(self.expr(operand))
            case ast.BinOp(op=ast.Pow()):
                return self.power(node)
            case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
                return self.binary(node, _OPERATORS[type(operator)])
            case ast.Attribute(value=value, attr=name):
                if name != "T":
                    hint = "write `W.T` for the transpose, `0.5` for a number"
                    raise self.error("only `.T` can follow a quantity", node, hint)
                return Transpose(self.expr(value))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(node, name, arguments)
        raise self.error("this cannot stand in an equation", node, _ALLOWED)

    def number(self, node: ast.Constant) -> Number:
        start, end = self.syntax.bounds(node)
        try:
            value = read_number(self.passage.text[start:end])
        except NumberError as error:
            begun = start + error.start
            raise self.passage.error(error.message, begun, begun + error.length, error.hint) from None
        assert isinstance(value, Fraction), "a literal of Python's grammar is never a root"
        return Number(value)

    def name(self, node: ast.expr, name: str) -> Ref:
        if name in self.bound:
            raise self.error(f"`{name}` is an index here, not a quantity", node, "give the quantity another letter")
        return Ref(name)

    def power(self, node: ast.BinOp) -> Power:
        exponent = _whole(node.right, MAX_EXPONENT)
        if exponent is None or exponent < 2:
            what = f"a power needs a whole exponent from 2 to {MAX_EXPONENT}"
            raise self.error(what, node.right, "write `x ** 2`")
        return Power(self.expr(node.left), exponent)

    def binary(self, node: ast.BinOp, operator: BinaryOperator) -> Binary:
        inner = node.left
        # Without brackets the left operand begins where the whole begins.
        bare = (inner.lineno, inner.col_offset) == (node.lineno, node.col_offset)
        if isinstance(inner, ast.BinOp) and bare and _mixes(inner.op, node.op):
            hint = "say which comes first: `U @ (r * h)` or `r * (U @ h)`"
            raise self.error("`*` (or `/`) and `@` are mixed without brackets", node, hint)
        return Binary(operator, self.expr(node.left), self.expr(node.right))

    # -- functions

    def call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Expr:
        row = FUNCTIONS.get(ALIASES.get(name, name))
        if row is None and name != "transpose":
            near = get_close_matches(name, [*FUNCTIONS, "transpose"], 1)
            hint = f"did you mean `{near[0]}`?" if near else "the functions are " + ", ".join(FUNCTIONS)
            raise self.error(f"there is no function `{name}`", node.func, hint)
        if row and row.kind in ("sum", "softmax") and len(arguments) == 2:
            return self.over(row, *arguments)
        self.check_count(node, name, row)
        parts = tuple(self.expr(argument) for argument in arguments)
        if row is None:
            return Transpose(parts[0])
        for argument, part in zip(arguments[1:], parts[1:], strict=True):
            if row.constants and constant(part) is None:
                raise self.error("a plain number was expected", argument, f"write `{row.name}(x, 0.1)`")
        if row.kind in ("rows", "block"):
            self.check_cut(node, row, parts[1:])
        return Call(row.name, parts)

    def check_count(self, node: ast.Call, name: str, row: Function | None) -> None:
        least = row.operands if row else 1
        most = len(node.args) if row and row.kind == "concat" else least + (len(row.constants) if row else 0)
        if not least <= len(node.args) <= max(1, most):
            allowed = f"1 to {most} arguments" if least < most else f"{least} argument{'s' if least > 1 else ''}"
            raise self.error(f"`{name}` takes {allowed}, not {len(node.args)}", node)

    def check_cut(self, node: ast.Call, row: Function, numbers: Sequence[Expr]) -> None:
        """Rows are counted from 1 to the last; of so many blocks, one is taken."""
        found = [int(value) for part in numbers if (value := constant(part)) and value.denominator == 1 and value > 0]
        if row.kind == "rows":
            found += map(int, row.constants[len(numbers) :])
        if len(found) != 2:
            raise self.error("two whole numbers from 1 were expected", node, f"write `{row.name}(x, 1, 2)`")
        if found[0] > found[1]:
            block = f"there is no block {found[0]} of {found[1]}"
            what = block if row.kind == "block" else f"{row.name} {found[0]} to {found[1]} are none"
            raise self.error(what, node, f"write `{row.name}(x, {found[1]}, {found[0]})`")

    def over(self, row: Function, body: ast.expr, letter: ast.expr) -> Over:
        if not isinstance(letter, ast.Name) or not letter.id.islower():
            raise self.error("an index letter was expected", letter, f"write `{row.name}(a[t,j], j)`")
        name, outer = letter.id, self.bound
        if row.kind == "sum" and name in outer:
            raise self.error(f"`{name}` already has a position here", letter, "sum over another letter")
        if row.kind == "softmax" and not self.has_position(name):
            hint = f"put `{name}` on the left: `alpha[{name}] = softmax(e[{name}], {name})`"
            raise self.error(f"a softmax over `{name}` has a value for each `{name}`", letter, hint)
        self.bound = outer | {name}
        inside = self.expr(body)
        self.bound = outer
        return Over(row.name, inside, name, Index(name) if row.kind == "softmax" else None)

    # -- positions

    def positions(self, node: ast.Subscript) -> tuple[Index, ...]:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return tuple(map(self.position, parts))

    def position(self, node: ast.expr) -> Index:
        match node:
            case ast.Name(id=letter):
                return Index(self.letter(node, letter))
            case ast.UnaryOp(op=ast.USub(), operand=operand) if (whole := _whole(operand, MAX_POSITION)) is not None:
                return Index("", -whole)
            case ast.BinOp(left=ast.Name(id=letter), op=ast.Add() | ast.Sub(), right=right):
                if (offset := _whole(right, MAX_OFFSET)) is not None:
                    sign = 1 if isinstance(node.op, ast.Add) else -1
                    return Index(self.letter(node.left, letter), sign * offset)
        if (whole := _whole(node, MAX_POSITION)) is not None:
            return Index("", whole)
        raise self.error("a position was expected", node, "write `t`, `t-1`, `t+1`, `0` or `T` (the last)")

    def letter(self, node: ast.expr, letter: str) -> str:
        if not letter.isupper() and not self.has_position(letter):
            hint = f"put `{letter}` on the left, sum over it, or write `{letter.upper()}` for its last position"
            raise self.error(f"the index `{letter}` has no position here", node, hint)
        return letter

    def has_position(self, letter: str) -> bool:
        return self.free or letter in self.bound


def _whole(node: ast.expr, most: int) -> int | None:
    match node:
        case ast.Constant(value=int(whole)) if type(whole) is int and whole <= most:
            return whole
    return None


def _mixes(inner: ast.operator, outer: ast.operator) -> bool:
    kinds = {type(inner), type(outer)}
    return ast.MatMult in kinds and kinds <= {ast.Mult, ast.Div, ast.MatMult} and len(kinds) == 2


def _composed(name: str) -> str:
    """Python's parser has made the letters NFKC already; the language uses NFC, equal for the letters let through."""
    return unicodedata.normalize("NFC", name)
