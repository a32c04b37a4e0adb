"""Worked exercises as objects of Python: each prints itself, has a page and a record, and may become a program."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from rnncalc import formats, solving
from rnncalc.document import Document
from rnncalc.errors import Problem, UsageError
from rnncalc.pages.explain import Detail, explain
from rnncalc.pages.record import DIGITS, record

# What only some pages need is imported where it is used: a short run notices every module.
if TYPE_CHECKING:
    from rnncalc.solving.differences import Differences


class Solution(solving.Solution, frozen=True):
    """A worked solution. It prints itself as the command line does, and shows itself as formulas in Jupyter.

    `missing` are the numbers that the file leaves out and that were found, `differences` compares its gradients with
    difference quotients, if that was asked for.
    """

    missing: tuple[Any, ...] = ()
    differences: "Differences | None" = None

    def text(self, detail: Detail = "steps", format: str = "terminal", **options: Any) -> str:
        """The page as text: `format` is a name from `rnncalc.formats.names()`, `options` are that format's own.

        Raises UsageError for a format that is not text.
        """
        return _text(self.page(detail), format, options)

    def page(self, detail: Detail = "steps", equations: bool = False) -> Document:
        """The neutral page, for `rnncalc.formats.writer(name)`; `equations` lists those of the network, too."""
        if self.missing:
            from rnncalc.pages.wanted import explain_filled

            return explain_filled(self, self.missing, detail, equations)
        if self.exercise.training:
            from rnncalc.pages.lesson import lesson

            page = lesson(self, detail)
        else:
            page = explain(self, detail, equations)
        if self.differences:
            from rnncalc.pages.evidence import with_evidence

            page = with_evidence(page, self, self.differences)
        return page

    def record(self) -> dict[str, Any]:
        """The solution as plain dicts, lists and strings: what `--json` prints."""
        if self.missing:
            from rnncalc.pages.wanted import missing_record

            return {**record(self), "missing": missing_record(self, self.missing)}
        found = record(self)
        if self.exercise.training:
            from rnncalc.pages.trained import training_record

            found["training"] = training_record(self)
        if self.differences:
            from rnncalc.pages.evidence import evidence_record

            found["gradient_check"] = evidence_record(self, self.differences)
        return found

    def code(self, language: Literal["python", "c"] = "python") -> str:
        """A program that computes the answers, a line for each step; letters are its arguments.

        Raises UsageError unless the solution is in closed forms.
        """
        from rnncalc.solving.code import program

        if not hasattr(self.domain, "known"):
            raise UsageError(Problem("only closed forms can become a program", None, "solve it with `exact=True`"))
        return program(self, language)

    def __str__(self) -> str:
        return self.text()

    def _repr_markdown_(self) -> str:
        return self.text(format="markdown")

    def __getitem__(self, quantity: str) -> list[list[str]]:
        """The entries of an answer, or of a step shown, with 15 digits: `solution["h_1"]` is `[["0"], ["0.000120…"]]`.

        Raises UsageError for a quantity that was not computed.
        """
        ref = self.exercise.quantities.find(quantity)
        position = ref.position if ref else ()
        shown = [(found.name, found.position, found.value) for found in self.answers]
        shown += [(step.equation.name, step.position, step.value) for step in self.steps]
        for name, place, value in shown:
            if ref and name == ref.name and place == position:
                return self.printed(value, DIGITS)
        raise UsageError(
            Problem(f"`{quantity}` is not among the quantities computed", None, "ask for it under `find:`")
        )


class Answered(Struct, frozen=True):
    """The answer to a question for an unknown: `findings` are its values, `solution` is the exercise in letters."""

    solution: solving.Solution
    findings: Any

    @property
    def remarks(self) -> tuple[solving.Remark, ...]:
        return self.solution.remarks

    def text(self, detail: Detail = "steps", format: str = "terminal", **options: Any) -> str:
        """The page as text, as `Solution.text`."""
        return _text(self.page(detail), format, options)

    def page(self, detail: Detail = "steps", equations: bool = False) -> Document:
        """The neutral page, for `rnncalc.formats.writer(name)`."""
        from rnncalc.pages.wanted import explain_findings

        return explain_findings(self.solution, self.findings, detail, equations)

    def record(self) -> dict[str, Any]:
        """The answer as plain dicts: what `--json` prints."""
        from rnncalc.pages.wanted import findings_record

        return findings_record(self.solution, self.findings)

    def __str__(self) -> str:
        return self.text()


def _text(page: Document, format: str, options: Mapping[str, Any]) -> str:
    written = formats.writer(format)(page, **options)
    if isinstance(written, bytes):
        raise UsageError(Problem(f"`{format}` is not text", None, "`formats.writer` gives its bytes"))
    return written
