"""The true value and a policy: `exact` and `too few digits` in docs/checking.md ask for nothing else."""

from collections.abc import Sequence
from fractions import Fraction

from rnncalc.answers import Entry, Unreadable, Written
from rnncalc.checking.truth import Truth
from rnncalc.exercise.policy import Policy, Verdict

EXACTLY = Fraction(1, 10**30)
"""How near an expression such as σ(2) comes to the true value, relative to it, if it is that value."""


class Standard:
    """What a number must be like to be right by itself."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.tolerance = policy, policy.tolerance

    def verdicts(self, entries: Sequence[Entry], truth: Sequence[Truth]) -> tuple[Verdict, ...] | None:
        """The verdicts of the entries of a step, if the true values tell."""
        found: list[Verdict] = []
        for entry, true in zip(entries, truth, strict=True):
            verdict = self.right(entry, true) if isinstance(entry, Written) else unwritten(entry)
            if verdict is None:
                return None
            found.append(verdict)
        return tuple(found)

    def right(self, entry: Written, true: Truth) -> Verdict | None:
        verdict = self.exact(entry, true)
        return "too few digits" if verdict and self.is_short(entry, true) else verdict

    def exact(self, entry: Written, true: Truth) -> Verdict | None:
        # Floats decide unless the number lies on the edge.
        gap, edge = abs(entry.number - true.number), 1e-9 * entry.step + 1e-14 * abs(entry.number)
        if self.tolerance is None and entry.step:
            if gap < entry.step / 2 - edge:
                return "exact"
            if gap > entry.step / 2 + edge:
                return None
        half = self.half(entry)
        if not true.lies(entry.value - half, entry.value + half):
            return None
        tolerance = self.tolerance
        if tolerance is not None and not true.lies(entry.value - tolerance, entry.value + tolerance):
            return "too few digits"
        return "exact"

    def half(self, entry: Written) -> Fraction:
        """How far a right number may be from what it stands for: half a unit, or the tolerance if that is more."""
        half = entry.unit / 2 if entry.unit else abs(entry.value) * EXACTLY
        return half if self.tolerance is None or self.tolerance < half else self.tolerance

    def is_short(self, entry: Written, true: Truth) -> bool:
        digits = self.policy.digits
        if digits is None or not entry.unit or entry.decimals >= digits or entry.significant >= digits:
            return False
        return true.exact is None or entry.value != true.exact


def unwritten(entry: Unreadable | None) -> Verdict:
    return "invalid" if isinstance(entry, Unreadable) else "missing"
