"""Names for what training adds to a network: `W_step1`, printed W⁽¹⁾ and in files `W^(1)`, is W after one step."""

from collections.abc import Iterable, Mapping

from rnncalc.formula import letters_of

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Naming:
    """Gives names that are free, and collects their printed letters and their spellings.

    `symbols` are the letters of the names that are there already, `preferred` their spellings where they have some.
    """

    def __init__(self, taken: Iterable[str], symbols: Mapping[str, str], preferred: Mapping[str, str]) -> None:
        self.taken, self.symbols, self.preferred = set(taken), dict(symbols), preferred
        self.spellings: dict[str, str] = {}
        # A network whose layers are numbered ⁽¹⁾ has its training steps numbered by primes.
        self.primes = any("⁽" in letters for letters in symbols.values())

    def fresh(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def after(self, name: str, step: int, letters: str = "") -> str:
        """The name of a quantity as it is after so many steps; `letters` print it if it is new."""
        made = self.fresh(f"{name}_step{step}" if step else name)
        self.symbols[made] = self.marked(letters or self.letters(name), step)
        if step:
            self.spellings[f"{self.preferred.get(name, name)}^({step})"] = made
        return made

    def marked(self, letters: str, step: int) -> str:
        """The letters with the mark of the step before their label: `W⁽¹⁾_f`."""
        base, line, label = letters.partition("_")
        mark = "′" * step if self.primes else f"⁽{str(step).translate(_RAISED)}⁾" if step else ""
        return f"{base}{mark}{line}{label}"

    def letters(self, name: str) -> str:
        return self.symbols.get(name, letters_of(name))

    def label(self, name: str) -> str:
        """The letters of a quantity as the label of another: `W_f` as `W,f`."""
        return self.letters(name).replace("_", ",")
