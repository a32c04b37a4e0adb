"""The options and arguments that commands share, with their help."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from rnncalc import formats


class DetailLevel(StrEnum):
    answers = "answers"
    steps = "steps"
    full = "full"


class CodeLanguage(StrEnum):
    python = "python"
    c = "c"


class ColourChoice(StrEnum):
    auto = "auto"
    always = "always"
    never = "never"


# The groups in which `--help` shows the options of a command that has many.
_closed = partial(typer.Option, rich_help_panel="Closed forms and letters")
_unknown = partial(typer.Option, rich_help_panel="For which numbers")
_gradients = partial(typer.Option, rich_help_panel="Gradients")
_output = partial(typer.Option, rich_help_panel="Output")

_FILES = "Exercise files, shipped exercises by name, or `-`; a cell may stand first: `lstm a.yaml`."
_SUBJECT = "A cell of the library, an exercise file, a shipped exercise by name, or `-`."
_DIGITS = "Decimals or significant digits, whichever shows more [default: 4]."
_ENDING = "; without it, as the ending of FILE says."
_OUTPUT = "Write to FILE, whole or not at all."
_FORMAT = f"{', '.join(formats.names())} or json{_ENDING}"
_PAGE_FORMAT = f"{', '.join(formats.names()[:-1])} or {formats.names()[-1]}{_ENDING}"

_RANGE = "Where to search, if that is the only way [default: -100,100]."
_CREDIT = "What a verdict is worth: `follows=0`, `truncated=1/2`."
_SECONDS = "End closed forms after S seconds, with the steps so far [default: 60]."

Files = Annotated[list[str], typer.Argument(metavar="[CELL] FILE...", help=_FILES)]
File = Annotated[str, typer.Argument(metavar="FILE", help="An exercise file, a shipped exercise by name, or `-`.")]
Subject = Annotated[str, typer.Argument(metavar="NETWORK", help=_SUBJECT)]
Subjects = Annotated[list[str], typer.Argument(metavar="NETWORK", help=_SUBJECT)]
Detail = Annotated[DetailLevel, typer.Option(metavar="answers|steps|full", help="How much working out to show.")]
Digits = Annotated[int | None, typer.Option(min=1, max=1000, metavar="N", help=_DIGITS)]
Significant = Annotated[int | None, typer.Option(min=1, max=1000, metavar="N", help="So many significant digits.")]
Last = Annotated[int | None, typer.Option(min=1, help="Show only the last N time steps.", metavar="N")]
Float64 = Annotated[bool, typer.Option("--float64", help="Quick arithmetic, last digits not certain.")]
Exact = Annotated[bool, _closed("--exact", help="Closed forms: fractions, σ(−4), √2, with their decimals.")]
Symbolic = Annotated[bool, _closed("--symbolic", help="Letters for the data: general formulas.")]
Symbols = Annotated[str | None, _closed(metavar="NAMES", help="Letters for these data only: `W_f,x_1,b[2]`.")]
Put = Annotated[list[str] | None, _closed("--set", metavar="W=1/2", help="A number for a letter or an entry.")]
Unfold = Annotated[bool, _closed("--unfold", help="Answers in the data alone, without names of steps.")]
Simplify = Annotated[bool, _closed("--simplify", help="Answers as short as SymPy makes them.")]
Code = Annotated[CodeLanguage | None, _closed(metavar="python|c", help="Print a program of the steps, no page.")]
For = Annotated[list[str] | None, _unknown("--for", metavar="W", help="Find these numbers: `w`, `b_f`, `W_f[1,2]`, …")]
When = Annotated[
    list[str] | None, _unknown("--when", metavar="EQUATION", help="… for which `h_1 = [1/2, 0]`, `f_1[2] = w/2`, …")
]
Range = Annotated[str | None, _unknown("--range", metavar="A,B", help=_RANGE)]
Seconds = Annotated[float | None, _closed("--max-seconds", min=0.001, metavar="S", help=_SECONDS)]
Format = Annotated[str | None, _output(metavar="FORMAT", help=_FORMAT)]
PageFormat = Annotated[str | None, _output("--format", metavar="FORMAT", help=_PAGE_FORMAT)]
Colour = Annotated[ColourChoice, _output(metavar="auto|always|never", help="When to use colour.")]
Input = Annotated[int | None, typer.Option("--input", min=1, metavar="D", help="Entries of an input, d.")]
Hidden = Annotated[int | None, typer.Option("--hidden", min=1, metavar="H", help="Entries of a state, h.")]
Size = Annotated[list[str] | None, typer.Option("--size", metavar="K=N", help="Another size by its letter: `k=5`.")]
Json = Annotated[bool, _output("--json", help="Print one JSON object.")]
JsonOfAll = Annotated[bool, _output("--json", help="Print one JSON object, a list for several files.")]
Gradients = Annotated[bool, _gradients("--gradients", help="Ask for the loss and its gradient at every parameter too.")]
CheckGradients = Annotated[
    bool, _gradients("--check-gradients", help="Compare all gradients with difference quotients of the loss.")
]
Output = Annotated[Path | None, _output("-o", "--output", metavar="FILE", help=_OUTPUT)]
# How answers are marked; each takes the place of what the file says under `policy:`.
AskedDigits = Annotated[
    int | None, typer.Option("--digits", min=1, max=100, metavar="N", help="So many digits are asked for.")
]
Tolerance = Annotated[str | None, typer.Option(metavar="X", help="What is so near to the truth is right.")]
Rounding = Annotated[str | None, typer.Option(metavar="steps|end", help="May every step be rounded, or only the end?")]
Each = Annotated[str | None, typer.Option(metavar="entry|step", help="What one mark is given for.")]
Credit = Annotated[list[str] | None, typer.Option("--credit", metavar="VERDICT=X", help=_CREDIT)]
