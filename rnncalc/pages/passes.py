"""What is said of both passes: the parts of a page outside the time steps, and the paths by which a gradient comes."""

from typing import Literal

from rnncalc.equations import Ref, refs, symbol
from rnncalc.formula import row, unicode
from rnncalc.languages import listed, said, say
from rnncalc.pages.rounds import terms
from rnncalc.solving import Solution, Step

Part = Literal["", "by time", "after", "backward", "parameters"]
BY_TIME: Part = "by time"
BACKWARD: Part = "backward"


def part_of(solution: Solution, step: Step, before: Part) -> Part:
    """The part to which a step belongs that stands under no time step, behind the part `before`."""
    name = step.equation.name
    if name not in solution.exercise.adjoints:
        return "after" if before == BY_TIME else before
    return "parameters" if is_of_parameter(solution, name) else BACKWARD


def part_title(part: Part) -> str:
    match part:
        case "after":
            return say("After the last step")
        case "backward":
            return say("Backward pass")
        case "parameters":
            return say("Gradients of the parameters: the contributions of all steps, added up")
        case _:
            return ""


def step_title(step: Step) -> str:
    """The title of its stage; the name of its quantity where there is none."""
    return (said(step.stage.title) if step.stage else "") or step.equation.name


def is_of_parameter(solution: Solution, adjoint: str) -> bool:
    """Whether an adjoint is that of something given that has no positions."""
    given = solution.exercise.network.given.get(solution.exercise.derivatives.get(adjoint, ""))
    return given is not None and () in given.values


def paths(solution: Solution, step: Step) -> str:
    """How the loss depends on a quantity: the terms of its gradient, each told by the quantity through which it comes:
    `two paths: through h₁ and c₂`."""
    exercise, name = solution.exercise, step.equation.name
    if name not in exercise.derivatives or is_of_parameter(solution, name):
        return ""
    owners = {**exercise.arguments, **exercise.derivatives}
    found: dict[str, None] = {}
    for term in terms(step.formula):
        used = [Ref(owners[ref.name], ref.indices) for ref, _ in refs(term) if ref.name in owners]
        # What runs over an index stands for its single positions too.
        running = {ref.name for ref in used if ref.letters}
        used = [ref for ref in used if ref.name not in running or ref.letters]
        found |= {unicode(row(symbol(ref, exercise.symbols))): None for ref in used} or {"": None}
    return _counted(len(found), [one for one in found if one], straight="" in found)


def _counted(count: int, through: list[str], straight: bool) -> str:
    names = "".join(listed(through))
    if not through:
        return say("straight from the loss")
    ways = (
        say("through {names} and straight from the loss", names=names)
        if straight
        else say("through {names}", names=names)
    )
    match count:
        case 1:
            return ways
        case 2:
            return say("two paths: {paths}", paths=ways)
        case 3:
            return say("three paths: {paths}", paths=ways)
        case 4:
            return say("four paths: {paths}", paths=ways)
        case _:
            return say("{count} paths: {paths}", count=count, paths=ways)
