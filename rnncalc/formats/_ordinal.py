"""The number before the title of a step, as the language of the page writes it: `1 ·`, in Vietnamese `Bước 1:`."""

from rnncalc.languages import say


def ordinal(number: str) -> str:
    return say("{number} ·", number=number)
