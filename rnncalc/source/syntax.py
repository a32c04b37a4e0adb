"""A YAML syntax error in plain words; it knows what people get wrong, and nothing of what the text is for.

The parser says "mapping values are not allowed in this context"; the author of the file needs to hear that a value with
`: ` in it wants quotes. Each rule below looks at one error and answers with a problem, or with None for the next rule.
"""

import re
from collections.abc import Callable

from msgspec import Struct

from rnncalc.errors import Problem, Span, short
from rnncalc.source.nodes import File

DEEPEST_NESTING = 50

_AFTER_INDICATOR = ("while scanning an alias", "while scanning an anchor", "while scanning a tag")
_NO_BLANK = re.compile(r"\s*(?:- )*([^\s:#\"'\[{][^\s:]*):(?=[^\s:/])")


class _Error(Struct, frozen=True):
    """What the parser said, its two places as line and column from 1, and the text there."""

    file: File
    problem: str
    context: str
    line: int
    column: int
    context_line: int
    context_column: int

    @property
    def text(self) -> str:
        return self.file.text(self.line)

    @property
    def character(self) -> str:
        return self.text[self.column - 1 : self.column]

    @property
    def opening(self) -> str:
        return self.file.text(self.context_line)[self.context_column - 1 : self.context_column]

    def here(self, what: str, hint: str) -> Problem:
        return Problem(what, self.file.span(self.line, self.column, 1), hint)

    def at_context(self, what: str, hint: str) -> Problem:
        return Problem(what, self.file.span(self.context_line, self.context_column, 1), hint)


def explain(error: Exception, file: File) -> Problem:
    """The problem behind an error of the YAML parser."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        hint = "look for characters written as numbers, such as `\\x07` or `\\U00110000`"
        return Problem(f"this is not YAML: {error}", file.span(1, 1, 1), hint)
    context = getattr(error, "context_mark", None) or mark
    found = _Error(
        file,
        getattr(error, "problem", None) or "",
        getattr(error, "context", None) or "",
        *_inside(file, mark.line, mark.column),
        *_inside(file, context.line, context.column),
    )
    return next(problem for rule in _RULES if (problem := rule(found)))


def too_deep(span: Span) -> Problem:
    """Where a collection begins inside too many others."""
    what = f"brackets or indented blocks are nested more than {DEEPEST_NESTING} deep"
    return Problem(what, span, "remove the brackets that are too many")


def _inside(file: File, line: int, column: int) -> tuple[int, int]:
    """Line and column from 1, the end of the text being the end of its last line."""
    if line < len(file.lines) or not file.lines:
        return line + 1, column + 1
    return len(file.lines), len(file.lines[-1]) + 1


def _too_deep(error: _Error) -> Problem | None:
    """Newer versions of the parser have a limit of their own, above ours, which brackets on one line reach first."""
    return too_deep(error.file.span(error.line, error.column, 1)) if "nesting depth" in error.problem else None


def _tab(error: _Error) -> Problem | None:
    if error.character != "\t" or not ("tab" in error.problem or "cannot start" in error.problem):
        return None
    return error.here(
        "a tab stands where only blanks may stand", "replace it by blanks, two for each level of indentation"
    )


def _first_character(error: _Error) -> Problem | None:
    """A value that begins with a character YAML keeps for itself."""
    if "cannot start any token" in error.problem:
        return error.here(f"a value cannot begin with `{error.character}`", 'put the value in quotes: "…"')
    if error.context in _AFTER_INDICATOR or "tag handle" in error.problem:
        return error.at_context(f"a value cannot begin with `{error.opening}`", 'put the value in quotes: "…"')
    return None


def _open_quote(error: _Error) -> Problem | None:
    if error.context != "while scanning a quoted scalar" or "unexpected" not in error.problem:
        return None
    return error.at_context(
        f"the quote `{error.opening}` opened here is never closed", f"add the closing `{error.opening}`"
    )


def _escape(error: _Error) -> Problem | None:
    if "escape" not in error.problem and "hexdecimal" not in error.problem:
        return None
    hint = r"write `\\` for a backslash, or put the text in single quotes"
    return error.here("a backslash in double quotes begins an escape, and this one is unknown", hint)


def _open_bracket(error: _Error) -> Problem | None:
    closing = {"[": "]", "{": "}"}.get(error.opening)
    if closing is None or error.context not in (
        "while parsing a flow sequence",
        "while parsing a flow mapping",
    ):
        return None
    if error.line == error.context_line and error.character:
        return error.here(f"`,` or `{closing}` was expected here", "put a comma between two values")
    hint = f"add the closing `{closing}`, and a comma between every two values"
    return error.at_context(f"the bracket `{error.opening}` opened here is not closed", hint)


def _missing_value(error: _Error) -> Problem | None:
    if "expected node content" not in error.problem and "expected the node content" not in error.problem:
        return None
    if error.character in ("]", "}") and "block node" in error.context:
        return error.here(
            f"`{error.character}` closes a bracket that was not opened",
            "remove it, or put the value in quotes",
        )
    if error.character:
        return error.here(f"a value was expected before `{error.character}`", "write the value, or remove the comma")
    return error.here("the text ends inside a bracket", "add the closing `]` or `}`")


def _blank_after_colon(error: _Error) -> Problem | None:
    """`key:value` is one word to YAML, and the error comes only at the next colon."""
    if "mapping values are not allowed" not in error.problem and "could not find expected ':'" not in error.problem:
        return None
    for line in range(error.line, max(0, error.line - 3), -1):
        text = error.file.text(line)
        if (word := _NO_BLANK.match(text)) and not (line == error.line and error.column - 1 < word.end()):
            span = error.file.span(line, word.end(), 1)
            return Problem(f"a blank was expected after the colon of `{short(word[1])}:`", span, "write `name: value`")
    return None


def _colon_in_value(error: _Error) -> Problem | None:
    if "mapping values are not allowed" not in error.problem:
        return None
    if ": " in error.text[: error.column - 1]:
        return error.here("a value with `: ` in it needs quotes", 'put the whole value in quotes: name: "…"')
    what = "a colon was not expected here: the line above already has a value, or a quote or bracket is open"
    return error.here(what, "give both lines the same indentation, or put a value that goes over two lines in quotes")


def _no_colon(error: _Error) -> Problem | None:
    if "could not find expected ':'" not in error.problem:
        return None
    return error.at_context("`name: value` was expected on this line, and it has no `: `", "add the colon and a blank")


def _list_on_key_line(error: _Error) -> Problem | None:
    if "sequence entries are not allowed" not in error.problem:
        return None
    return error.here("a list with `-` cannot begin on this line", "begin it on the next line, or write `[1, 2]`")


def _stray(error: _Error) -> Problem | None:
    """Something that fits neither into the value before it nor into the block round it."""
    if error.context not in ("while parsing a block mapping", "while parsing a block collection"):
        return None
    if error.character in ("]", "}"):
        return error.here(f"`{error.character}` closes a bracket that was not opened", "remove it")
    before = error.text[: error.column - 1].rstrip()
    if before.strip("- "):
        return error.here(
            "the value has ended, and nothing may follow it on this line",
            "put one pair of quotes round the whole value; within '…' write a quote twice",
        )
    what = f"this line does not fit the block that begins on line {error.context_line}"
    return error.here(
        what, "give all lines of a block the same indentation, and either `- ` to each of them or to none"
    )


def _anything(error: _Error) -> Problem | None:
    what = f"this is not YAML: {error.problem or error.context}"
    return error.here(what, "look at the indentation, the colons and the quotes near here")


_RULES: tuple[Callable[[_Error], Problem | None], ...] = (
    _too_deep,
    _tab,
    _first_character,
    _open_quote,
    _escape,
    _open_bracket,
    _missing_value,
    _blank_after_colon,
    _colon_in_value,
    _no_colon,
    _list_on_key_line,
    _stray,
    _anything,
)
