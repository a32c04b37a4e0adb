"""Values of unknowns in another form: without the names of what was computed on the way, or simplified."""

from typing import Any

from msgspec.structs import replace

from rnncalc.equations import StoppedError
from rnncalc.equations.closed import Form
from rnncalc.unknown.found import Findings, Joint
from rnncalc.unknown.searching import Root


def reshaped(domain: Any, findings: Findings | Joint, unfold: bool, simplify: bool) -> Findings | Joint:
    """The same values; one that would become too large keeps its form."""

    def change(form: Form) -> Form:
        try:
            form = domain.values.settled(domain.unfolded(form)) if unfold else form
            return domain.simplified(form) if simplify else form
        except StoppedError:
            return form

    def root(one: Root) -> Root:
        return one if one.form is None else replace(one, form=change(one.form))

    if isinstance(findings, Findings):
        return replace(findings, found=tuple(replace(one, root=root(one.root)) for one in findings.found))
    solutions = (replace(one, roots=tuple((name, root(its)) for name, its in one.roots)) for one in findings.solutions)
    return replace(findings, solutions=tuple(solutions))
