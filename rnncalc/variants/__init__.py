"""Versions of an exercise with other numbers, drawn from a seed. Others see this file only."""

from rnncalc.variants.bench import Bench, Work
from rnncalc.variants.generator import Series, Variant, rules_for
from rnncalc.variants.page import survey_page
from rnncalc.variants.sample import sample
from rnncalc.variants.survey import survey
from rnncalc.variants.telling import wrong_work
from rnncalc.variants.writing import variant_text

__all__ = [
    "Bench",
    "Series",
    "Variant",
    "Work",
    "rules_for",
    "sample",
    "survey",
    "survey_page",
    "variant_text",
    "wrong_work",
]
