"""A folder of variants for a class: an exercise, a key and a sheet for each, and a list that says whose is which."""

import gc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from rnncalc import formats, output
from rnncalc.document import Document
from rnncalc.errors import Problem, UsageError
from rnncalc.pages.booklet import Entry, booklet
from rnncalc.pages.explain import Detail, explain
from rnncalc.pages.worksheet import worksheet
from rnncalc.teaching.classlist import LIST, Student
from rnncalc.teaching.exam import Solved, Written, assembled, keep
from rnncalc.teaching.quiz import Quiz
from rnncalc.variants import Variant, variant_text


class Order(Struct, frozen=True):
    """What is wanted: the folder, how many variants, the formats of the keys and of the sheets to fill in (none if
    empty), how much of the working out they show. If the variants are to be a quiz too, `publish` writes it, with
    feedback for known `mistakes` or without."""

    folder: Path
    count: int
    keys: str = "markdown"
    sheets: str = ""
    detail: Detail = "steps"
    publish: Callable[[Quiz], None] | None = None
    mistakes: bool = True


def hand_out(
    variants: Iterator[Variant], written: Written, students: Sequence[Student], order: Order
) -> Iterator[Variant]:
    """Write the files of each variant as it is drawn, and hand it on; the list and the quiz come last."""
    if (order.folder / LIST).exists():
        what = f"`{order.folder}` holds variants already"
        raise UsageError(Problem(what, None, "choose another folder, or remove that one"))
    output.make_folder(order.folder)
    file, _ = written
    solved: list[Solved] = []
    rows = [["number", "id", "name", "exercise", "key", "sheet"]]
    for variant in variants:
        student = students[variant.number - 1] if students else Student("")
        stem = output.file_name(student.id) or f"variant-{variant.number:0{max(2, len(str(order.count)))}d}"
        output.write(variant_text(variant, file), order.folder / f"{stem}.yaml")
        page = explain(variant.solution, order.detail) if order.keys or order.sheets else None
        key, sheet = _pages(variant, page, student, stem, order) if page else ("", "")
        if order.publish:
            solved.append((variant.solution, page if order.detail == "steps" else None))
            keep()
        rows.append([str(variant.number), student.id, student.name, f"{stem}.yaml", key, sheet])
        yield variant
    output.write(output.csv_text(rows), order.folder / LIST)
    if order.publish:
        order.publish(assembled([(written, solved)], mistakes=order.mistakes))
        gc.unfreeze()


def _pages(variant: Variant, page: Document, student: Student, stem: str, order: Order) -> tuple[str, str]:
    """Write the key and the sheet of a variant, and give their names."""
    solution = variant.solution
    source = " · ".join(filter(None, (page.source, student.name, student.id)))
    page = replace(page, title=f"{page.title} ({variant.number})", source=source)
    key = f"{stem}-key{formats.ending(order.keys)}" if order.keys else ""
    if key:
        output.write(formats.writer(order.keys)(page), order.folder / key)
    sheet = f"{stem}-sheet{formats.ending(order.sheets)}" if order.sheets else ""
    if sheet:
        blank = Entry(worksheet(page, solution.precision), solution.exercise.worth)
        output.write(formats.writer(order.sheets)(booklet([blank], to_fill_in=True)), order.folder / sheet)
    return key, sheet
