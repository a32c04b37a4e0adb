"""Planted mistakes are found: each mistake of the catalogue in each network, and what the diagnosis says of it.

python benchmarks/diagnosis.py 20                 20 exercises for each mistake and network, all shown
python benchmarks/diagnosis.py 20 lstm gru        only these networks
python benchmarks/diagnosis.py --shown states 5   only states shown
python benchmarks/diagnosis.py 5 --seed 7 --keep  add to benchmarks/diagnosis.json; its tables go into docs/mistakes.md
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

from planting import judged, planted, slipped
from startup import written
from students import SHOWN, Habit, Student, random_exercise

from rnncalc.cell import cell_names
from rnncalc.checking import Marking, prepare
from rnncalc.checking.causes.diagnosis import Cause, diagnose
from rnncalc.checking.causes.numbers import SLIPS, SlipKind
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.mistakes import Hypothesis, Mistake

PAGE = Path(__file__).parent.parent / "docs" / "mistakes.md"
KEPT = Path(__file__).parent / "diagnosis.json"

Counts = dict[str, Counter[str]]
RANDOM_SLIPS = 2
"""In each exercise."""


def outcome(causes: tuple[Cause, ...], mistake: Mistake | SlipKind) -> str:
    """One of OUTCOMES. A mistake is given if it is among what the first cause may be, unless another one is named for a
    later step."""
    cause, *others = causes
    slugs, kinds = _slugs(cause), [{one.mistake.kind for one in group} for group in cause.groups]
    if any(one.named and mistake.slug not in _slugs(one) for one in others):
        return "wrong"
    if not cause.groups:
        return "unnamed"
    if mistake.slug not in slugs:
        return "of its kind" if all(mistake.kind in found for found in kinds) else "wrong"
    if len(cause.groups) == 1:
        return "unique"
    return "same kind" if all(mistake.kind in found for found in kinds) else "listed"


def _slugs(cause: Cause) -> set[str]:
    return {one.mistake.slug for group in cause.groups for one in group}


def exercises(names: list[str], number: int, seed: int) -> Iterator[tuple[Marking, Random]]:
    """So many exercises of each network, prepared."""
    rng = Random(seed)
    for name in names:
        for _ in range(number):
            yield prepare(random_exercise(name, rng, 2, rng.randint(2, 3))), rng


def mistakes(marking: Marking, rng: Random, shown: str, found: Counts) -> None:
    """Each mistake that can be made in an exercise, once: in one of the places, at one of the times, or at all."""
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


def slips(marking: Marking, rng: Random, shown: str, found: Counts) -> None:
    """Each slip with single numbers, once."""
    for slip in SLIPS:
        student = Student(marking, Habit("step", "rounded", 4, shown), rng).work()
        if slipped(slip, student, rng):
            count(found[slip.slug], judged(student, marking), marking, slip)


def count(found: Counter[str], judging: Judging, marking: Marking, mistake: Mistake | SlipKind) -> None:
    found["planted"] += 1
    if is_detected(judging):
        found["detected"] += 1
        causes = diagnose(marking, judging)
        result = outcome(causes, mistake)
        found[result] += 1
        found["only possible"] += result == "unique" and not causes[0].named
        found["with twins"] += result == "unique" and len(_slugs(causes[0])) > 1


def is_detected(judging: Judging) -> bool:
    return any("wrong" in verdicts for verdicts in judging.verdicts.values())


def random_slip(marking: Marking, rng: Random, shown: str, found: Counter[str]) -> None:
    """A sheet with one number changed at random: whether a single cause is given, be it only as possible."""
    student = Student(marking, Habit("step", "rounded", 4, shown), rng).work()
    key = rng.choice(student.sheet().answers).key
    texts = list(student.texts[key])
    texts[rng.randrange(len(texts))] = f"{rng.uniform(-1, 1):.4f}"
    student.texts[key] = tuple(texts)
    judging = judged(student, marking)
    found["sheets"] += 1
    if is_detected(judging):
        found["detected"] += 1
        cause = diagnose(marking, judging)[0]
        one = "named" if cause.named else "possible"
        found[one if len(cause.groups) == 1 else "listed" if cause.groups else "unnamed"] += 1


def two_mistakes(marking: Marking, rng: Random, shown: str, found: Counter[str]) -> None:
    """A sheet with two mistakes in different equations that both show: whether a cause is given for each."""
    single = [one for one in marking.hypotheses if len(one.changes) == 1 and one.only is None]
    first, second = rng.choice(single), rng.choice(single)
    if first.changes.keys() == second.changes.keys():
        return
    try:
        judging = planted(Hypothesis(first.mistake, {**first.changes, **second.changes}), marking, rng, shown)
    except (ArithmeticError, ValueError, RecursionError):
        return
    wrong = {key[0] for key, verdicts in judging.verdicts.items() if "wrong" in verdicts}
    if {*first.names, *second.names} <= wrong:
        found["sheets"] += 1
        causes = diagnose(marking, judging)
        found["both"] += all(any(_gives(cause, one) for cause in causes) for one in (first, second))


def _gives(cause: Cause, one: Hypothesis) -> bool:
    """Whether the mistake is given at a step where it was made."""
    return one.mistake.slug in _slugs(cause) and any(name in one.names for name, _ in cause.steps)


OUTCOMES = {
    "unique": "one cause is left, and it is that one",
    "only possible": "of these, those told as possible: with so small a change it may be a coincidence",
    "with twins": "of these, those where other mistakes give the same numbers at every step shown",
    "same kind": "several are left, it and others of its kind",
    "listed": "it is among up to five",
    "of its kind": "only others of its kind are given",
    "unnamed": "only the step is told",
    "wrong": "only others are given, or another one is named for a later step",
}
HEADS = ("planted", "detected", *OUTCOMES)
Kept = dict[str, dict[str, Counts]]
"""Counts by what is shown: of `mistakes` by slug, and under `others` of random slips, of two mistakes at once, and of
the exercises of each network."""


def table(found: Counts) -> str:
    """Markdown: the outcomes by mistake."""
    lines = ["| mistake | " + " | ".join(HEADS) + " |", "| --- |" + " ---: |" * len(HEADS)]
    for slug, counts in (*sorted(found.items()), ("all", _all(found))):
        lines.append(f"| {slug} | " + " | ".join(str(counts[head]) for head in HEADS) + " |")
    return "\n".join((*lines, "", *(f"- {name}: {meaning}" for name, meaning in OUTCOMES.items()))) + "\n"


def _all(found: Counts) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in found.values():
        total.update(counts)
    return total


SUMMARY = (
    "shown", "exercises", "planted", "detected", "unique or same kind", "alone or listed",
    "random slips", "one named", "one possible", "two", "both",
)  # fmt: skip


def summary(kept: Kept) -> str:
    """Markdown: the rates by what is shown."""
    lines = ["| " + " | ".join(SUMMARY) + " |", "| --- |" + " ---: |" * (len(SUMMARY) - 1)]
    for shown in SHOWN:
        if shown not in kept:
            continue
        total, others = _all(kept[shown]["mistakes"]), kept[shown]["others"]
        slips, two = others["random slips"], others["two mistakes"]
        one = total["unique"] + total["same kind"]
        cells = (
            shown, others["exercises"]["of each network"], total["planted"], total["detected"],
            _share(one + total["of its kind"], total), _share(one + total["listed"], total),
            slips["detected"], _share(slips["named"], slips), _share(slips["possible"], slips),
            two["sheets"], _share(two["both"], two, "sheets"),
        )  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


def _share(number: int, of: Counter[str], whole: str = "detected") -> str:
    return f"{100 * number / of[whole]:.2f} %" if of[whole] else "–"


def measure(names: list[str], number: int, shown: str, seed: int, kept: Kept) -> None:
    """Add a measurement to what is kept."""
    part = kept.setdefault(shown, {"mistakes": defaultdict(Counter), "others": defaultdict(Counter)})
    part["others"]["exercises"]["of each network"] += number
    for marking, rng in exercises(names, number, seed):
        mistakes(marking, rng, shown, part["mistakes"])
        slips(marking, rng, shown, part["mistakes"])
        for _ in range(RANDOM_SLIPS):
            random_slip(marking, rng, shown, part["others"]["random slips"])
        two_mistakes(marking, rng, shown, part["others"]["two mistakes"])


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
