r"""Text → equations, through Python's own parser as a reader of brackets and precedence only: nothing is evaluated.

    system     = one equation a line; an open bracket continues it on the next line; `#` begins a comment
    equation   = quantity "=" expression
    quantity   = name | name "[" position { "," position } "]"
    position   = letter [("+" | "-") whole] | whole          t   t-1   0   and the capital letter for the last: T
    expression = number | quantity | "(" expression ")" | "-" expression | expression "**" whole
               | expression ("+" | "-" | "*" | "/" | "@") expression
               | expression ".T" | function "(" expression { "," expression } ")"
               | function "(" expression "," letter ")"       over all positions of the letter

`*` is element-wise and `@` is the matrix product. Python gives them equal precedence, so `r * U @ h` would silently be
`(r * U) @ h`, another network: the mix must be parenthesised.
"""

import ast
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from fractions import Fraction
from typing import Literal

from rnncalc.equations.functions import ALIASES, FUNCTIONS, Function
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
from rnncalc.errors import ExerciseError, Problem, Span
from rnncalc.numbers import NumberError, read_number

MAX_CHARACTERS = 4_000
MAX_NODES = 500
MAX_DEPTH = 100
MAX_EQUATIONS = 1_000

Locate = Callable[[int, int, int], Span]
"""(line from 1, column from 1, length) in the text handed in → the place in the file."""

_OPERATORS: dict[type[ast.operator], BinaryOperator] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@",
}  # fmt: skip


def parse_equations(text: str, locate: Locate | None = None) -> tuple[Equation, ...]:
    """The equations of a text, in order.

    Raises ExerciseError with one problem for each equation that cannot be read.
    """
    locate = locate or _in_text(text)
    equations: list[Equation] = []
    problems: list[Problem] = []
    for line, source in _logical_lines(text):
        try:
            equations.append(_Reader(source, line, locate).equation())
        except ExerciseError as error:
            problems.extend(error.problems)
        if len(equations) + len(problems) > MAX_EQUATIONS:
            raise ExerciseError(Problem(f"more than {MAX_EQUATIONS} equations", locate(line, 1, 1)))
    if not equations and not problems:
        raise ExerciseError(
            Problem("there is no equation here", locate(1, 1, 1), "write one a line: `h[t] = tanh(W @ x[t] + b)`")
        )
    if problems:
        raise ExerciseError(*problems)
    return tuple(equations)


def parse_expression(text: str) -> Expr:
    """One expression on its own: `sigmoid(W @ x[t] + b)`."""
    return _Reader(text, 1, _in_text(text)).expression()


def _in_text(text: str) -> Locate:
    lines = text.split("\n")
    return lambda line, column, length: Span("equation", line, column, length, lines[line - 1])


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Each equation with the number of its first line; brackets left open join lines."""
    begun, joined = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        code = line.split("#", 1)[0].rstrip()
        if not joined and not code.strip():
            continue
        begun, joined = (begun, f"{joined}\n{code}") if joined else (number, code)
        if sum(joined.count(c) for c in "([{") <= sum(joined.count(c) for c in ")]}"):
            yield begun, joined
            joined = ""
    if joined:
        yield begun, joined


class _Reader:
    """Reads one equation; keeps its text and places for error messages."""

    def __init__(self, source: str, line: int, locate: Locate) -> None:
        self.source, self.line, self.locate = source, line, locate
        # Python counts columns in UTF-8 bytes and refuses leading blanks; brackets make the indent harmless.
        self.lines = source.split("\n")
        self.places: dict[Expr, Span] = {}
        self.bound: frozenset[str] = frozenset()

    def equation(self) -> Equation:
        self.check_characters()
        body = self.python_tree(self.source.lstrip(), "exec").body
        indent = len(self.source) - len(self.source.lstrip())
        self.lines = [self.lines[0][indent:], *self.lines[1:]]
        self.indent = indent
        statement = body[0] if isinstance(body, list) and len(body) == 1 else None
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            raise self.error("an equation was expected", None, "write `quantity = expression`, one a line")
        target = self.target(statement.targets[0])
        self.bound = frozenset(index.base for index in target.indices)
        self.check_size(statement.value)
        expression = self.expr(statement.value)
        return Equation(target, expression, self.whole(), self.places)

    def expression(self) -> Expr:
        self.check_characters()
        self.indent = 0
        body = self.python_tree(self.source, "eval").body
        assert isinstance(body, ast.expr), "`eval` mode reads one expression"
        self.check_size(body)
        return self.expr(body)

    # -- what Python's parser may be given

    def check_characters(self) -> None:
        self.indent = 0
        if len(self.source) > MAX_CHARACTERS:
            raise self.error(f"an equation of more than {MAX_CHARACTERS} characters", None, "split it: name a part")
        for row, line in enumerate(self.lines):
            for column, character in enumerate(line):
                if unicodedata.normalize("NFKC", character) != unicodedata.normalize("NFC", character):
                    raise ExerciseError(self.unusable(row, column, character))
                if character in _INSTEAD:
                    raise ExerciseError(self.unusable(row, column, character))

    def unusable(self, row: int, column: int, character: str) -> Problem:
        advice = _INSTEAD.get(character, "use plain letters and digits; write positions in brackets: `h[t-1]`")
        return Problem(
            f"`{character}` cannot stand in an equation", self.locate(self.line + row, column + 1, 1), advice
        )

    def python_tree(self, source: str, mode: Literal["exec", "eval"]) -> ast.Module | ast.Expression:
        """Python's syntax tree. Nothing is compiled, let alone run."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(source, mode="exec") if mode == "exec" else ast.parse(source, mode="eval")
        except SyntaxError as error:
            raise self.syntax_error(error, source) from None
        except (RecursionError, MemoryError, ValueError):
            raise self.error("this equation is nested too deeply", None, "split it: name a part") from None

    def syntax_error(self, error: SyntaxError, source: str) -> ExerciseError:
        row, column = (error.lineno or 1) - 1, max(1, error.offset or 1)
        indent = len(self.source) - len(self.source.lstrip()) if row == 0 and source != self.source else 0
        row = min(row, len(self.lines) - 1)
        span = self.locate(self.line + row, min(column + indent, len(self.lines[row]) + 1), 1)
        if "=" not in source:
            return ExerciseError(Problem("an equation was expected", span, "write `quantity = expression`"))
        return ExerciseError(Problem("this is not a complete formula", span, _SYNTAX_HINT))

    def check_size(self, node: ast.expr) -> None:
        level, count, depth = [node], 0, 0
        while level:
            count, depth = count + len(level), depth + 1
            if count > MAX_NODES or depth > MAX_DEPTH:
                raise self.error("this equation is too long or too deep", None, "split it: name a part")
            level = [part for upper in level for part in ast.iter_child_nodes(upper) if isinstance(part, ast.expr)]

    # -- places

    def where(self, node: ast.AST) -> Span:
        row = node.lineno - 1  # type: ignore[attr-defined]
        start = self.column(row, node.col_offset)  # type: ignore[attr-defined]
        end_row, end = node.end_lineno - 1, node.end_col_offset  # type: ignore[attr-defined]
        length = self.column(row, end) - start if end_row == row else len(self.lines[row]) - start
        return self.locate(self.line + row, start + 1 + (self.indent if row == 0 else 0), max(1, length))

    def column(self, row: int, offset: int) -> int:
        return len(self.lines[row].encode()[:offset].decode(errors="ignore"))

    def text(self, node: ast.expr) -> str:
        return ast.get_source_segment("\n".join(self.lines), node) or ""

    def whole(self) -> Span:
        first = self.lines[0]
        return self.locate(self.line, self.indent + 1, len(first))

    def error(self, what: str, node: ast.AST | None, hint: str | None = None) -> ExerciseError:
        return ExerciseError(Problem(what, self.where(node) if node else self.whole(), hint))

    # -- nodes

    def target(self, node: ast.expr) -> Ref:
        if isinstance(node, ast.Name):
            return Ref(node.id)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            indices = self.positions(node)
            for index in indices:
                if index.base and (index.offset or index.base.isupper()):
                    raise self.error("on the left stands a plain position", node, f"write `{node.value.id}[t] = …`")
            letters = [index.base for index in indices if index.base]
            if len(set(letters)) < len(letters):
                raise self.error("an index letter stands twice on the left", node, "use two letters: `e[t,j]`")
            return Ref(node.value.id, indices)
        raise self.error("on the left stands one quantity", node, "write `h[t] = …` or `L = …`")

    def expr(self, node: ast.expr) -> Expr:
        expr = self.build(node)
        self.places.setdefault(expr, self.where(node))
        return expr

    def build(self, node: ast.expr) -> Expr:
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name(id=name):
                return self.name(node, name)
            case ast.Subscript(value=ast.Name(id=name)):
                return Ref(name, self.positions(node, self.bound))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negate(self.expr(operand))
            case ast.BinOp(op=ast.Pow()):
                return self.power(node)
            case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
                return self.binary(node, _OPERATORS[type(operator)])
            case ast.Attribute(value=value, attr="T"):
                return Transpose(self.expr(value))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(node, name, arguments)
        raise self.error("this cannot stand in an equation", node, _ALLOWED)

    def number(self, node: ast.Constant) -> Number:
        text = self.text(node)
        try:
            value = read_number(text)
        except NumberError as error:
            raise self.error(error.message, node, error.hint) from None
        assert isinstance(value, Fraction), "a literal of Python's grammar is never a root"
        return Number(value)

    def name(self, node: ast.expr, name: str) -> Ref:
        if name in self.bound:
            raise self.error(f"`{name}` is an index here, not a quantity", node, "give the quantity another letter")
        return Ref(name)

    def power(self, node: ast.BinOp) -> Power:
        exponent = node.right
        if isinstance(exponent, ast.Constant) and type(exponent.value) is int and 2 <= exponent.value <= 100:
            return Power(self.expr(node.left), exponent.value)
        raise self.error("a power needs a whole exponent from 2 to 100", exponent, "write `x ** 2`")

    def binary(self, node: ast.BinOp, operator: BinaryOperator) -> Binary:
        inner = node.left
        # Without brackets the left operand begins where the whole begins.
        bare = (inner.lineno, inner.col_offset) == (node.lineno, node.col_offset)
        if isinstance(inner, ast.BinOp) and bare and _mixes(type(inner.op), type(node.op)):
            raise self.error(
                "`*` (or `/`) and `@` are mixed without brackets", node,
                "say which comes first: `U @ (r * h)` or `r * (U @ h)`",
            )  # fmt: skip
        return Binary(operator, self.expr(node.left), self.expr(node.right))

    def call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Expr:
        if name == "transpose" and len(arguments) == 1:
            return Transpose(self.expr(arguments[0]))
        row = FUNCTIONS.get(ALIASES.get(name, name))
        if row is None:
            near = get_close_matches(name, [*FUNCTIONS, "transpose"], 1)
            known = f"did you mean `{near[0]}`?" if near else "the functions are " + ", ".join(FUNCTIONS)
            raise self.error(f"there is no function `{name}`", node.func, known)
        if row.kind in ("sum", "softmax") and len(arguments) == 2:
            return self.over(row, arguments[0], arguments[1])
        self.check_count(row, node, arguments)
        return Call(row.name, tuple(self.expr(argument) for argument in arguments))

    def over(self, row: Function, body: ast.expr, letter: ast.expr) -> Over:
        if not isinstance(letter, ast.Name) or not letter.id.islower():
            raise self.error("an index letter was expected", letter, f"write `{row.name}(a[t,j], j)`")
        outer = self.bound
        if row.kind == "sum" and letter.id in outer:
            raise self.error(f"`{letter.id}` already has a position here", letter, "sum over another letter")
        if row.kind == "softmax" and letter.id not in outer:
            raise self.error(
                f"a softmax over `{letter.id}` has a value for each `{letter.id}`", letter,
                f"put `{letter.id}` on the left: `alpha[t,{letter.id}] = softmax(e[t,{letter.id}], {letter.id})`",
            )  # fmt: skip
        self.bound = outer | {letter.id}
        inside = self.expr(body)
        self.bound = outer
        return Over(row.name, inside, letter.id, Index(letter.id) if row.kind == "softmax" else None)

    def check_count(self, row: Function, node: ast.Call, arguments: list[ast.expr]) -> None:
        if row.kind == "concat":
            if not arguments:
                raise self.error("`concat` needs at least one argument", node, "write `concat(h[t-1], x[t])`")
        elif not 1 <= len(arguments) <= 1 + len(row.constants):
            most = f" to {1 + len(row.constants)}" if row.constants else ""
            raise self.error(f"`{row.name}` takes 1{most} argument(s), not {len(arguments)}", node)
        for constant in arguments[1:] if row.constants else ():
            if not isinstance(self.expr(constant), Number | Negate | Binary) or any(
                isinstance(part, ast.Name) for part in ast.walk(constant)
            ):
                raise self.error("a plain number was expected", constant, f"write `{row.name}(x, 0.1)`")

    # -- positions

    def positions(self, node: ast.Subscript, bound: frozenset[str] | None = None) -> tuple[Index, ...]:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return tuple(self.position(part, bound) for part in parts)

    def position(self, node: ast.expr, bound: frozenset[str] | None) -> Index:
        match node:
            case ast.Name(id=letter):
                return Index(self.letter(node, letter, bound))
            case ast.Constant(value=int(whole)) if type(whole) is int and whole <= 10**9:
                return Index("", whole)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(whole))) if type(whole) is int:
                return Index("", -whole)
            case ast.BinOp(left=ast.Name(id=letter), op=ast.Add() | ast.Sub(), right=ast.Constant(value=int(whole))):
                if type(whole) is int and whole <= 1_000:
                    sign = 1 if isinstance(node.op, ast.Add) else -1
                    return Index(self.letter(node.left, letter, bound), sign * whole)
        raise self.error("a position was expected", node, "write `t`, `t-1`, `t+1`, `0` or `T` (the last)")

    def letter(self, node: ast.expr, letter: str, bound: frozenset[str] | None) -> str:
        if bound is not None and not letter.isupper() and letter not in bound:
            raise self.error(
                f"the index `{letter}` has no position here", node,
                f"put `{letter}` on the left, sum over it, or write `{letter.upper()}` for its last position",
            )  # fmt: skip
        return letter


def _mixes(inner: type[ast.operator], outer: type[ast.operator]) -> bool:
    return (inner is ast.MatMult) != (outer is ast.MatMult) and {inner, outer} <= {
        ast.Mult,
        ast.Div,
        ast.MatMult,
    }


_ALLOWED = "an equation is made of numbers, quantities, + - * / @ ** .T and the functions " + ", ".join(FUNCTIONS)
_SYNTAX_HINT = "look for a missing operator, bracket or operand; products are written with `*` or `@`"
_INSTEAD = {
    "⊙": "write `*` for the element-wise product",
    "∘": "write `*` for the element-wise product",
    "·": "write `*` for an element-wise product, `@` for a matrix product",
    "×": "write `*` for an element-wise product, `@` for a matrix product",
    "−": "write `-` (hyphen) for minus",
    "–": "write `-` (hyphen) for minus",
    "′": "write another letter and print it with `symbols: {B: A′}`",
    "ᵀ": "write `.T` for the transpose: `W.T @ x`",
    "^": "write `**` for a power",
    ";": "write one equation a line",
    "\\": "write plain text, not LaTeX: `W_f @ x[t]`",
}
