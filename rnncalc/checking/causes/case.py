"""A wrong sheet under diagnosis: what mistakes lead to with its numbers, and where that must lie."""

from rnncalc.answers import Key
from rnncalc.checking.causes.alternatives import Alternative, Alternatives
from rnncalc.checking.causes.coincidence import Coincidence
from rnncalc.checking.causes.enclosures import Bits, Enclosures, enclosing
from rnncalc.checking.causes.predictions import Pairs, Predictions
from rnncalc.checking.causes.windows import Window, windows
from rnncalc.checking.recomputing.recomputation import LOOSE, Recomputation
from rnncalc.checking.verdicts.judging import Judging


class Case:
    def __init__(self, judging: Judging) -> None:
        self.judging, self.marking, self.verdicts = judging, judging.marking, judging.verdicts
        layout = judging.layout
        base = Recomputation(self.marking, judging.sheet, LOOSE)
        self.predictions = Predictions(self.marking, base)
        self.alternatives = layout.kept.of(Alternatives, lambda: Alternatives(self.marking, layout))
        self._enclosing = enclosing(judging, self.alternatives)
        self._windows: dict[Key, tuple[Window, ...]] = {}
        self._near: dict[Key, Bits] = {}

    def windows(self, key: Key) -> tuple[Window, ...]:
        if key not in self._windows:
            self._windows[key] = windows(self.judging, key, self.verdicts[key])
        return self._windows[key]

    def right(self, key: Key) -> Pairs:
        """What the right equation leads to."""
        return self.predictions.base.step(key).entries

    def enclosures(self, key: Key) -> Enclosures:
        """What the alternatives of a step can lead to, as far as that is known."""
        return self._enclosing.of(key)

    def near(self, key: Key) -> Bits:
        """The alternatives of a step that may lead to the numbers written there."""
        if key not in self._near:
            known = self.enclosures(key)
            self._near[key] = known.met(self.windows(key)) | known.open(self.judging.faulty)
        return self._near[key]

    def may_fit(self, alternative: Alternative) -> bool:
        """Whether that is one of them, as far as it is known for the class."""
        if alternative.key not in self._enclosing.known:
            return True
        return bool(self.near(alternative.key) >> self.alternatives.places[alternative] & 1)

    def coincidence(self, key: Key) -> Coincidence:
        return Coincidence(self.windows(key), self.right(key), key in self.judging.layout.separate)
