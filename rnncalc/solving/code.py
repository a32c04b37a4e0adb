"""A solution in closed forms as a program: a function in Python or C, a line for each step, letters for arguments."""

import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal

from msgspec import Struct

from rnncalc.counting import counting, shown
from rnncalc.equations import FUNCTIONS, Call, Over, Ref, SourceSpelling, Writer, parse_expression, walk
from rnncalc.equations.closed import Form, Name, expression, names_in
from rnncalc.solving.solution import Solution

Language = Literal["python", "c"]
_C_WORDS = "auto break case char const continue default do double else enum extern float for goto if inline int long"
_C_WORDS += " register restrict return short signed sizeof static struct switch typedef union unsigned void while"
_COMPARED = {"+": "> 0", "-": "< 0", "0+": ">= 0", "-0": "<= 0", "0": "== 0", "-+": "!= 0"}


class _Dialect(Struct, frozen=True):
    """How a language writes what the two write differently."""

    own: Mapping[str, str]
    number: Callable[[str], str]
    power: str
    choice: str
    helper: str


_DIALECTS: dict[Language, _Dialect] = {
    "python": _Dialect(
        own={"exp": "math.exp", "log": "math.log", "tanh": "math.tanh", "sqrt": "math.sqrt"},
        number=str,
        power="{base} ** {exponent}",
        choice="({value} if {condition} else {other})",
        helper="def {name}({arguments}):\n    return {value}\n",
    ),
    "c": _Dialect(
        own={"exp": "exp", "log": "log", "tanh": "tanh", "sqrt": "sqrt"},
        number=lambda text: text if "." in text or "e" in text else f"{text}.0",
        power="pow({base}, {exponent})",
        choice="({condition} ? {value} : {other})",
        helper="static double {name}({arguments})\n{{\n    return {value};\n}}\n",
    ),
}


class _Spelling(SourceSpelling):
    """Expressions of plain numbers in one of the languages, which write them as ours does but for what is here."""

    def __init__(self, dialect: _Dialect, names: Mapping[Ref, str]) -> None:
        self.dialect, self.names = dialect, names

    def number(self, value: Fraction) -> str:
        return self.dialect.number(repr(float(value)) if value.denominator > 1 else str(value.numerator))

    def ref(self, ref: Ref) -> str:
        return self.names.get(ref, ref.name)

    def power(self, base: str, exponent: int) -> str:
        return self.dialect.power.format(base=base, exponent=exponent)

    def transpose(self, operand: str) -> str:
        raise AssertionError("a plain number is not transposed")

    def call(self, expr: Call, arguments: list[str]) -> str:
        name = self.dialect.own.get(expr.function, expr.function)
        usual = FUNCTIONS[expr.function].constants[len(arguments) - 1 :]
        arguments = [*arguments, *(repr(float(constant)) for constant in usual)]
        return f"{name}({', '.join(arguments)})"

    def over(self, expr: Over, body: str) -> str:
        raise AssertionError("a closed form has no letters that run")


def program(solution: Solution, language: Language) -> str:
    """The program. The solution must be in closed forms (`exact`, or with letters)."""
    with counting(solution.exercise.first):
        return _Program(solution, language).text()


class _Program:
    def __init__(self, solution: Solution, language: Language) -> None:
        self.solution, self.language, self.dialect = solution, language, _DIALECTS[language]
        domain: Any = solution.domain
        self.definitions: Mapping[Name, Form] = domain.known.definitions
        self.answers = [(found, entry) for found in solution.answers for entry in found.value.entries]
        needed = _needed(self.definitions, [entry for _, entry in self.answers])
        self.steps = [name for name in self.definitions if name in needed]
        self.letters = sorted(needed - set(self.steps), key=lambda name: (name.quantity, name.position, name.entry))
        forms = [*(self.definitions[name] for name in self.steps), *(entry for _, entry in self.answers)]
        parts = [part for form in forms for part in walk(expression(form))]
        self.functions = dict.fromkeys(part.function for part in parts if isinstance(part, Call))
        taken = {*keyword.kwlist, *_C_WORDS.split(), "solution", "answers", "math", *FUNCTIONS}
        self.names: dict[Ref, str] = {}
        for name in (*self.letters, *self.steps):
            ref = expression(name)
            assert isinstance(ref, Ref), "a name is spelt as one"
            self.names[ref] = _identifier(name, taken)

    def spelt(self, form: Form) -> str:
        return Writer(_Spelling(self.dialect, self.names)).write(expression(form))

    def name(self, name: Name) -> str:
        return self.spelt(name)

    def text(self) -> str:
        body = self.in_python() if self.language == "python" else self.in_c()
        helpers = list(self.helpers())
        gap = "\n\n" if self.language == "python" else "\n"
        head = "import math" if self.language == "python" else "#include <math.h>"
        return gap.join([f"{head}\n", *helpers, body]).rstrip() + "\n"

    def in_python(self) -> str:
        lines = [f"def solution({', '.join(map(self.name, self.letters))}):"]
        lines.append(f'    """{_plain(self.solution.exercise.title)}"""')
        lines += [f"    {self.name(step)} = {self.spelt(self.definitions[step])}" for step in self.steps]
        key = self.solution.exercise.quantities.key
        lines.append("    return {")
        for found in self.solution.answers:
            columns, entries = found.value.columns, [self.spelt(entry) for entry in found.value.entries]
            rows = ", ".join(f"[{', '.join(entries[n : n + columns])}]" for n in range(0, len(entries), columns))
            lines.append(f"        {key(found.name, found.position)!r}: [{rows}],")
        return "\n".join([*lines, "    }"])

    def in_c(self) -> str:
        key = self.solution.exercise.quantities.key
        order = ", ".join(
            f"{key(found.name, found.position)} ({found.value.rows}x{found.value.columns})"
            for found in self.solution.answers
        )
        arguments = [f"double {self.name(letter)}" for letter in self.letters]
        lines = [f"/* {_plain(self.solution.exercise.title)}", f"   answers, row by row: {_plain(order)} */"]
        lines += [f"void solution({', '.join([*arguments, 'double *answers'])})", "{"]
        lines += [f"    const double {self.name(step)} = {self.spelt(self.definitions[step])};" for step in self.steps]
        lines += [f"    answers[{n}] = {self.spelt(entry)};" for n, (_, entry) in enumerate(self.answers)]
        return "\n".join([*lines, "}"])

    def helpers(self) -> Iterator[str]:
        """The functions of the table that the language does not have."""
        for name in self.functions:
            if name not in self.dialect.own:
                row = FUNCTIONS[name]
                arguments = ["x", *("a" for _ in row.constants)]
                typed = [f"double {one}" for one in arguments] if self.language == "c" else arguments
                yield self.dialect.helper.format(name=name, arguments=", ".join(typed), value=self.helper(name))

    def helper(self, name: str) -> str:
        row = FUNCTIONS[name]
        if row.definition and not row.cases:
            return self.of_table(row.definition)
        *cases, last = row.cases
        value = self.of_table(last.value)
        for case in reversed(cases):
            conditions = [f"{self.of_table(text)} {_COMPARED[signs]}" for text, signs in case.where.items()]
            joined = (" && " if self.language == "c" else " and ").join(conditions)
            value = self.dialect.choice.format(value=self.of_table(case.value), condition=joined, other=value)
        return value

    def of_table(self, text: str) -> str:
        return Writer(_Spelling(self.dialect, {})).write(parse_expression(text))


def _needed(definitions: Mapping[Name, Form], forms: list[Form]) -> set[Name]:
    """The names that the forms need, and those that these need."""
    found: set[Name] = set()
    waiting = [name for form in forms for name in names_in(form)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(names_in(definitions[name]) if name in definitions else ())
    return found


def _identifier(name: Name, taken: set[str]) -> str:
    """A name that no other has: `h_2_1`."""
    text = "_".join([name.quantity, *map(str, (*map(shown, name.position), *name.entry))])
    text = re.sub(r"[^A-Za-z0-9_]", "_", text).replace("_-", "_m")
    while text in taken:
        text += "_"
    taken.add(text)
    return text


def _plain(text: str) -> str:
    """The text without what would end a comment or a string."""
    return re.sub(r'[\\"]|\*/', "'", " ".join(text.split()))
