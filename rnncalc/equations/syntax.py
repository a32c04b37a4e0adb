"""One equation through Python's parser: its syntax tree, where its nodes stand, and what is wrong where it gives up."""

import ast
import re
import warnings
from typing import Literal

from rnncalc.equations.passages import Passage, check, python_word
from rnncalc.errors import ExerciseError

MAX_NODES = 500
MAX_DEPTH = 100

# What stands at a place: a word, a number or one sign.
_WORD = re.compile(r"[\w.]+|\S")
_GAP = re.compile(r"(?<=[\w.)\]])\s+(?=[\w.(])")
_OPERAND_END, _OPERAND_START = re.compile(r"[\w.)\]]$"), re.compile(r"[\w.(]")


class Syntax:
    """The text of a passage, for Python's parser. Raises ExerciseError for characters that the language has not."""

    def __init__(self, passage: Passage) -> None:
        check(passage)
        self.passage = passage
        self.lines = passage.text.split("\n")

    def statement(self) -> ast.Assign:
        """The equation. Raises ExerciseError where it is none, or more than one."""
        body = self.parsed("exec").body
        statement = body[0] if isinstance(body, list) and len(body) == 1 else None
        if not isinstance(statement, ast.Assign):
            raise self.no_equation()
        if len(statement.targets) != 1:
            raise self.error("one `=` too many", statement.targets[1], "write one equation a line")
        self.check_size(statement.value)
        return statement

    def expression(self) -> ast.expr:
        body = self.parsed("eval").body
        assert isinstance(body, ast.expr), "`eval` mode reads one expression"
        self.check_size(body)
        return body

    def parsed(self, mode: Literal["exec", "eval"]) -> ast.Module | ast.Expression:
        text = self.passage.text.strip()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text, mode="exec") if mode == "exec" else ast.parse(text, mode="eval")
        except SyntaxError as error:
            raise self.syntax_error(error, mode) from None
        except (RecursionError, MemoryError, ValueError):
            raise self.too_large() from None

    def syntax_error(self, error: SyntaxError, mode: str) -> ExerciseError:
        """What is wrong at the place where Python's parser gave up."""
        if word := python_word(self.passage):
            what = f"`{word[0]}` is a word of Python and cannot be a name"
            return self.passage.error(what, word.start(), word.end(), f"write `{word[0]}_`, or another letter")
        row = min(max(error.lineno or 1, 1), len(self.lines))
        start = self.start_of(row) + max(error.offset or 1, 1) - 1
        # Inside brackets Python points at both operands that have nothing between them: the second is meant.
        if error.msg.endswith("comma?") and (gap := _GAP.search(self.passage.text, start)):
            start = gap.end()
        before, behind = self.passage.text[:start].rstrip(), self.passage.text[start:]
        found = (_WORD.match(behind) or [""])[0]
        if mode == "exec" and "=" not in self.passage.text:
            return self.no_equation()
        if not found:
            hint = "write the rest on this line; only an open bracket continues on the next"
            stop = len(before)
            return self.passage.error("a quantity or a number was expected: the equation stops here", stop, stop, hint)
        if _OPERAND_END.search(before) and _OPERAND_START.match(found):
            hint = "products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`"
            return self.passage.error(f"an operator is missing before `{found}`", start, start + len(found), hint)
        hint = "an operator stands between two quantities"
        what = f"a quantity or a number was expected, not `{found}`"
        return self.passage.error(what, start, start + len(found), hint)

    def no_equation(self) -> ExerciseError:
        hint = "write `quantity = expression` on one line; only an open bracket continues on the next"
        return self.passage.error("an equation was expected", 0, len(self.passage.text), hint)

    def check_size(self, node: ast.expr) -> None:
        level, count, depth = [node], 0, 0
        while level:
            count, depth = count + len(level), depth + 1
            if count > MAX_NODES or depth > MAX_DEPTH:
                raise self.too_large()
            level = [part for upper in level for part in ast.iter_child_nodes(upper) if isinstance(part, ast.expr)]

    def too_large(self) -> ExerciseError:
        text = self.passage.text
        return self.passage.error("this equation is too long or too deep", 0, len(text), "split it: name a part")

    def offset(self, row: int, column: int) -> int:
        """A place in the text; Python counts columns in UTF-8 bytes."""
        before = self.lines[row - 1].encode()[:column].decode(errors="ignore")
        return self.start_of(row) + len(before)

    def start_of(self, row: int) -> int:
        return sum(len(line) + 1 for line in self.lines[: row - 1])

    def bounds(self, node: ast.expr) -> tuple[int, int]:
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno or 1, node.end_col_offset or 0)

    def error(self, what: str, node: ast.expr, hint: str | None = None) -> ExerciseError:
        return self.passage.error(what, *self.bounds(node), hint)
