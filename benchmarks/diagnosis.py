"""Planted mistakes are found: each mistake of the catalogue in each network, and what the diagnosis says of it.

python benchmarks/diagnosis.py 20                 20 exercises for each mistake and network, all shown
python benchmarks/diagnosis.py 20 lstm gru        only these networks
python benchmarks/diagnosis.py --shown states 5   only states shown
python benchmarks/diagnosis.py 5 --seed 7 --keep  add to benchmarks/diagnosis.json; its tables go into docs/mistakes.md
"""

import argparse
import json
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from startup import written
from students import SHOWN, Habit, Student, random_exercise

from rnncalc.cell import cell_names
from rnncalc.checking import Marking, prepare
from rnncalc.checking.diagnosis import Cause, diagnose
from rnncalc.checking.judging import Judging
from rnncalc.checking.numbers import SLIPS, SlipKind
from rnncalc.equations import Equation, Expr
from rnncalc.exercise.policy import Policy
from rnncalc.mistakes import Hypothesis, Mistake

PAGE = Path(__file__).parent.parent / "docs" / "mistakes.md"
KEPT = Path(__file__).parent / "diagnosis.json"

Counts = dict[str, Counter[str]]


def planted(hypothesis: Hypothesis, marking: Marking, rng: Random, shown: str) -> Judging:
    """The sheet of a student with this mistake, judged."""

    def wrong(key: Any, equation: Equation) -> Expr:
        found = hypothesis.expression(equation, key[1])
        letters = marking.steps[key].letters
        return found if found is not None and marking.exists(found, letters) else equation.expression

    habit = Habit("step", "rounded", 4, shown)
    return judged(Student(marking, habit, rng, wrong), marking)


def judged(student: Student, marking: Marking) -> Judging:
    sheet = student.work().sheet()
    judging = Judging(marking, sheet.answers, Policy())
    judging.judge()
    return judging


def slipped(slip: SlipKind, student: Student, rng: Random) -> bool:
    """Spoil a number, or the numbers of a quantity, that the student wrote; whether that changed anything."""
    key = rng.choice([key for key, texts in student.texts.items() if any(float(text) for text in texts)])
    texts = list(student.texts[key])
    place = rng.choice([place for place, text in enumerate(texts) if float(text)])
    match slip.slug:
        case "sign-of-a-number":
            texts[place] = texts[place].removeprefix("-") if texts[place][0] == "-" else "-" + texts[place]
        case "decimal-point":
            texts[place] = f"{Decimal(texts[place]).scaleb(rng.choice((-1, 1, 2))):f}"
        case "digits-exchanged":
            at = len(texts[place]) - rng.randint(2, 4)
            before, two, behind = texts[place][:at], texts[place][at : at + 2], texts[place][at + 2 :]
            texts[place] = before + two[::-1] + behind
        case "copied-number":
            alike = [other for other, found in student.texts.items() if len(found) == len(texts)]
            texts[place] = student.texts[rng.choice(alike)][place]
        case "entries-permuted":
            rng.shuffle(texts)
        case _:
            return False
    changed = tuple(texts) != student.texts[key]
    student.texts[key] = tuple(texts)
    return changed


def slips(name: str, marking: Marking, rng: Random, shown: str, found: Counts) -> None:
    """Each slip with single numbers, once."""
    for slip in SLIPS:
        student = Student(marking, Habit("step", "rounded", 4, shown), rng).work()
        if slipped(slip, student, rng):
            judging = judged(student, marking)
            count(found[slip.slug], judging, marking, slip)


def outcome(causes: tuple[Cause, ...], mistake: Mistake | SlipKind) -> str:
    """`unique`, `same kind`, `listed`, `unnamed` (only the step), or `wrong`."""
    cause = causes[0]
    slugs = {one.mistake.slug for group in cause.groups for one in group}
    kinds = {one.mistake.kind for group in cause.groups for one in group}
    if not cause.groups:
        return "unnamed"
    if mistake.slug not in slugs:
        return "same kind" if mistake.kind in kinds else "wrong"
    return "unique" if len(cause.groups) == 1 else "same kind" if len(kinds) == 1 else "listed"


def run(names: list[str], exercises: int, shown: str, seed: int) -> Counts:
    """Outcomes by mistake."""
    found: Counts = defaultdict(Counter)
    rng = Random(seed)
    for name in names:
        for _ in range(exercises):
            marking = prepare(random_exercise(name, rng, 2, rng.randint(2, 3)))
            by_slug: dict[str, list[Hypothesis]] = defaultdict(list)
            for hypothesis in marking.hypotheses:
                by_slug[hypothesis.mistake.slug].append(hypothesis)
            for slug, all_of_it in by_slug.items():
                hypothesis = rng.choice(all_of_it)
                try:
                    judging = planted(hypothesis, marking, rng, shown)
                except (ArithmeticError, ValueError, RecursionError):  # undefined, or in a circle
                    continue
                count(found[slug], judging, marking, hypothesis.mistake)
            slips(name, marking, rng, shown, found)
    return found


def count(found: Counter[str], judging: Judging, marking: Marking, mistake: Mistake | SlipKind) -> None:
    found["planted"] += 1
    if any("wrong" in verdicts for verdicts in judging.verdicts.values()):
        found["detected"] += 1
        found[outcome(diagnose(marking, judging), mistake)] += 1


def random_slips(names: list[str], exercises: int, shown: str, seed: int) -> Counter[str]:
    """Sheets with one number changed at random: how often a single cause is named."""
    rng, found = Random(seed), Counter[str]()
    for name in names:
        for _ in range(exercises):
            marking = prepare(random_exercise(name, rng, 2, rng.randint(2, 3)))
            student = Student(marking, Habit("step", "rounded", 4, shown), rng).work()
            sheet = student.sheet()
            answer = rng.choice(sheet.answers)
            place = rng.randrange(len(answer.entries))
            slipped = f"{rng.uniform(-1, 1):.4f}"
            texts = list(student.texts[answer.key])
            texts[place] = slipped
            student.texts[answer.key] = tuple(texts)
            judging = Judging(marking, student.sheet().answers, Policy())
            judging.judge()
            found["sheets"] += 1
            if any("wrong" in verdicts for verdicts in judging.verdicts.values()):
                found["detected"] += 1
                cause = diagnose(marking, judging)[0]
                found["named" if cause.named else "listed" if cause.groups else "unnamed"] += 1
    return found


def two_mistakes(names: list[str], exercises: int, seed: int) -> Counter[str]:
    """Sheets with two mistakes in different equations: how often a cause is given for both."""
    rng, found = Random(seed), Counter[str]()
    for name in names:
        for _ in range(exercises):
            marking = prepare(random_exercise(name, rng, 2, rng.randint(2, 3)))
            single = [one for one in marking.hypotheses if len(one.changes) == 1 and one.only is None]
            first, second = rng.choice(single), rng.choice(single)
            if first.changes.keys() == second.changes.keys():
                continue
            both = Hypothesis(first.mistake, {**first.changes, **second.changes})
            try:
                judging = planted(both, marking, rng, "all")
            except (ArithmeticError, ValueError, RecursionError):
                continue
            wrong = {key[0] for key, verdicts in judging.verdicts.items() if "wrong" in verdicts}
            if not {*first.names, *second.names} <= wrong:
                continue
            found["sheets"] += 1
            slugs = {x.mistake.slug for cause in diagnose(marking, judging) for group in cause.groups for x in group}
            found["both"] += {first.mistake.slug, second.mistake.slug} <= slugs
    return found


OUTCOMES = ("planted", "detected", "unique", "same kind", "listed", "unnamed", "wrong")
Kept = dict[str, dict[str, Counts]]
"""Counts by what is shown: of `mistakes` by slug, and under `others` of random slips and of two mistakes at once."""


def table(found: Counts) -> str:
    """Markdown: the outcomes by mistake."""
    lines = ["| mistake | " + " | ".join(OUTCOMES) + " |", "| --- |" + " ---: |" * len(OUTCOMES)]
    for slug, counts in (*sorted(found.items()), ("all", _all(found))):
        lines.append(f"| {slug} | " + " | ".join(str(counts[kind]) for kind in OUTCOMES) + " |")
    return "\n".join(lines) + "\n"


def _all(found: Counts) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in found.values():
        total.update(counts)
    return total


def summary(kept: Kept) -> str:
    """Markdown: the rates by what is shown."""
    heads = (
        "shown",
        "planted",
        "detected",
        "unique or same kind",
        "alone or listed",
        "random slips",
        "named",
        "two",
        "both",
    )
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for shown in SHOWN:
        if shown not in kept:
            continue
        total, others = _all(kept[shown]["mistakes"]), kept[shown]["others"]
        slips, two = others["random slips"], others["two mistakes"]
        alone = total["unique"] + total["same kind"]
        cells = (
            shown, total["planted"], total["detected"], _share(alone, total), _share(alone + total["listed"], total),
            slips["detected"], _share(slips["named"], slips), two["sheets"], _share(two["both"], two, "sheets"),
        )  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


def _share(number: int, of: Counter[str], whole: str = "detected") -> str:
    return f"{100 * number / of[whole]:.2f} %" if of[whole] else "–"


def measure(names: list[str], exercises: int, shown: str, seed: int, kept: Kept) -> None:
    """Add a measurement to what is kept."""
    part = kept.setdefault(shown, {"mistakes": defaultdict(Counter), "others": defaultdict(Counter)})
    for slug, counts in run(names, exercises, shown, seed).items():
        part["mistakes"][slug].update(counts)
    part["others"]["random slips"].update(random_slips(names, 2 * exercises, shown, seed))
    if shown == "all":
        part["others"]["two mistakes"].update(two_mistakes(names, exercises, seed))


def read_kept(file: Path) -> Kept:
    found = json.loads(file.read_text()) if file.exists() else {}
    return {
        shown: {
            part: defaultdict(Counter, {name: Counter(counts) for name, counts in counts_by_name.items()})
            for part, counts_by_name in parts.items()
        }
        for shown, parts in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", type=int)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--shown", default="all", choices=SHOWN)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help=f"add to {KEPT.name}, and put its tables into the page")
    asked = parser.parse_args()
    names = asked.names or [*cell_names(), "rnn+loss", "lstm+loss", "gru+loss", "rnn+training"]
    kept = read_kept(KEPT) if asked.keep else {}
    if asked.exercises:
        measure(names, asked.exercises, asked.shown, asked.seed, kept)
    print(table(kept[asked.shown]["mistakes"]))
    print(summary(kept))
    if asked.keep:
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        text = written(PAGE.read_text(encoding="utf-8"), "diagnosis", table(kept["all"]["mistakes"]))
        PAGE.write_text(written(text, "shown", summary(kept)), encoding="utf-8")


if __name__ == "__main__":
    main()
