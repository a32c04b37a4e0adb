"""Versions of an exercise with other numbers, drawn from a seed. Others see this file only."""

from rnncalc.variants.generator import Variant, generate, rules_for
from rnncalc.variants.page import survey_page
from rnncalc.variants.survey import Survey, survey
from rnncalc.variants.writing import variant_text

__all__ = ["Survey", "Variant", "generate", "rules_for", "survey", "survey_page", "variant_text"]
