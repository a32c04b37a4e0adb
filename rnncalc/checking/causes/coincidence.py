"""How likely one of some explanations meets the wrong numbers of a step by chance.

Wrong numbers as far from the right one as what is written lie within twice its distance, anywhere there: one
explanation meets it with about the width it accepts over four times the distance.
"""

from collections.abc import Callable, Sequence

from rnncalc.checking.causes.predictions import Pairs, Prediction
from rnncalc.checking.causes.windows import Window
from rnncalc.equations.domains.interval import Pair


class Coincidence:
    """Chances add up; explanations with equal predictions count once. The wrong entries of a step are met together if
    each is evidence by itself (`separate`), else the one that is met least likely counts."""

    def __init__(self, windows: Sequence[Window], right: Pairs, separate: bool) -> None:
        self.total = 0.0
        self._separate = separate
        self._found: dict[tuple[int, ...], float] = {}
        self._wrong: list[tuple[int, float, float, float]] = []
        for number, entry, is_wrong, _, _ in windows:
            if is_wrong:
                middle = (right[number][0] + right[number][1]) / 2
                self._wrong.append((number, middle, abs(entry.number - middle), 2 * entry.step))

    def add(self, chance: float, predicted: Prediction) -> None:
        """Count an explanation that leaves the right entries right."""
        if chance:
            alike = tuple([_whole(1e4 * (low + high)) for low, high in predicted])
            if (more := chance - self._found.get(alike, 0.0)) > 0:
                self._found[alike] = chance
                self.total += more

    def chance(self, at: Callable[[int], Pair], enclosed: bool = False) -> float:
        """That of what is predicted at each entry; or no less than that of any prediction that is enclosed."""
        found = 1.0
        for number, middle, distance, both in self._wrong:
            low, high = at(number)
            window = high - low + both
            if not enclosed:
                away = abs((low + high) / 2 - middle)
            elif (away := low - middle) < middle - high:
                away = middle - high
            if away > 2 * distance + window:
                return 0.0
            if window < 4 * distance:
                one = window / (4 * distance)
                found = found * one if self._separate else min(found, one)
        return found

    def greatest(self, widths: Sequence[float]) -> float:
        """No less than the chance of any prediction that is no wider than this at each entry."""
        found = 1.0
        for number, _, distance, both in self._wrong:
            one = min(1.0, (widths[number] + both) / (4 * distance)) if distance else 1.0
            found = found * one if self._separate else min(found, one)
        return found


def _whole(number: float) -> int:
    return round(number) if abs(number) < 1e15 else 10**15
