"""An exercise against a framework that runs beside us: the largest difference of each quantity."""

from rnncalc.verification.comparing import verify
from rnncalc.verification.page import verification_page, verification_record
from rnncalc.verification.programs import names

__all__ = ["names", "verification_page", "verification_record", "verify"]
