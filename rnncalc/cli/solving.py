"""Commands that work an exercise out: solve, train, gradients."""

from typing import Annotated, Any

import typer

from rnncalc.cli.asked import (
    asked_letters,
    asked_numbers,
    asked_precision,
    asked_question,
    cell_and_files,
    check_kinds,
    format_name,
    progress_bar,
    read_exercise,
    solved,
    spare_the_exercises,
)
from rnncalc.cli.options import (
    CheckGradients,
    Code,
    Colour,
    ColourChoice,
    Detail,
    DetailLevel,
    Digits,
    Exact,
    File,
    Files,
    Float64,
    For,
    Format,
    Gradients,
    Json,
    JsonOfAll,
    Last,
    Output,
    Put,
    Range,
    Seconds,
    Significant,
    Simplify,
    Symbolic,
    Symbols,
    Unfold,
    When,
)
from rnncalc.cli.program import Exit
from rnncalc.cli.results import one_or_all, write_found, write_solutions, write_text
from rnncalc.errors import Problem, RnncalcError, UsageError


def solve(
    what: Files,
    detail: Detail = DetailLevel.steps,
    digits: Digits = None,
    significant: Significant = None,
    last: Last = None,
    equations: Annotated[
        bool,
        typer.Option("--show-equations", help="List the equations of the network, with all its layers."),
    ] = False,
    float64: Float64 = False,
    exact: Exact = False,
    symbolic: Symbolic = False,
    symbols: Symbols = None,
    put_in: Put = None,
    unfold: Unfold = False,
    simplify: Simplify = False,
    max_seconds: Seconds = None,
    code: Code = None,
    unknown: For = None,
    when: When = None,
    within: Range = None,
    gradients: Gradients = False,
    check_gradients: CheckGradients = False,
    as_json: JsonOfAll = False,
    format: Format = None,
    output: Output = None,
    color: Colour = ColourChoice.auto,
) -> None:
    """Solve exercises step by step."""
    from rnncalc.solving import Disagreement, Stopped

    cell, files = cell_and_files(what)
    spare_the_exercises(files, output)
    name = format_name(as_json, format, output)
    how: dict[str, Any] = {
        "precision": asked_precision(digits, significant, name == "json"), "last": last, "float64": float64,
        "exact": exact or code is not None, "symbolic": asked_letters(symbolic, symbols), "unfold": unfold,
        "put_in": asked_numbers(put_in), "simplify": simplify, "max_seconds": max_seconds,
        "check_gradients": check_gradients,
    }  # fmt: skip
    question = asked_question(unknown, when, within)
    closed = exact or symbolic or bool(symbols) or unfold or simplify or code is not None
    check_kinds(float64, closed, code is not None, question is not None, check_gradients, as_json or format is not None)
    solutions, problems = solved(files, cell, question, gradients or check_gradients, **how)
    if solutions and code is not None:
        write_text("\n".join(solution.code(code.value) for solution in solutions), output)
    elif solutions:
        write_solutions(solutions, name, detail.value, output, color.value, equations)
    if problems:
        raise RnncalcError(*problems)
    wrong = any(isinstance(remark, Disagreement | Stopped) for solution in solutions for remark in solution.remarks)
    raise typer.Exit(Exit.DISAGREES if wrong else Exit.OK)


def train(
    file: File,
    detail: Detail = DetailLevel.steps,
    digits: Digits = None,
    last: Last = None,
    as_json: Json = False,
    format: Format = None,
    output: Output = None,
    color: Colour = ColourChoice.auto,
) -> None:
    """Train a network for some steps: gradients, new weights, losses."""
    from rnncalc.api import solve as work_out
    from rnncalc.solving import Disagreement

    spare_the_exercises([file], output)
    name = format_name(as_json, format, output)
    exercise = read_exercise(file, None)
    if exercise.training is None:
        hint = "add `train: {rate: 0.1}` to it; `rnncalc solve` works out a network that is not trained"
        raise UsageError(Problem(f"`{file}` does not say how to train", None, hint))
    precision = asked_precision(digits, None, name == "json")
    with progress_bar() as progress:
        solution = work_out(exercise, precision=precision, last=last, progress=progress)
    write_solutions([solution], name, detail.value, output, color.value)
    wrong = any(isinstance(remark, Disagreement) for remark in solution.remarks)
    raise typer.Exit(Exit.DISAGREES if wrong else Exit.OK)


def gradients(
    what: Files,
    factored: Annotated[
        bool | None, typer.Option("--factored/--no-factored", help="Write ∂L/∂W as a sum over the steps, by factors.")
    ] = None,
    digits: Digits = None,
    float64: Float64 = False,
    as_json: JsonOfAll = False,
    format: Format = None,
    color: Colour = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Show whether gradients vanish or explode.

    Their size and the Jacobians at each step; of several exercises side by side."""
    from rnncalc.jacobian import SIZES, measure
    from rnncalc.pages.vanishing import explain_gradients
    from rnncalc.pages.vanishing_record import vanishing_record

    name = format_name(as_json, format, output)
    cell, files = cell_and_files(what)
    spare_the_exercises(files, output)
    precision = asked_precision(digits, None, as_json=name == "json")
    sizes = precision if name == "json" else SIZES
    exercises = [read_exercise(file, cell) for file in files]
    found = [measure(exercise, precision=precision, sizes=sizes, float64=float64) for exercise in exercises]
    write_found(
        name,
        lambda: explain_gradients(found, factored),
        lambda: one_or_all([vanishing_record(one, bool(factored)) for one in found]),
        color.value,
        output,
    )
