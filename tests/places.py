"""Where things lie: the repository, the data of tests, golden pages, the exercises that come with rnncalc."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
ORACLE = DATA / "oracle"
GOLDEN = ROOT / "tests" / "golden"
EXERCISES = ROOT / "exercises"

WRITTEN = {
    "vietai/exercise2": "exercise2",
    "vietai/exercise3": "exercise3",
    "vietai/exercise4": "exercise4",
    "networks/rnn-deep": "stacked",
    "networks/attention-dot": "attention",
    "published/rnn-scalar-last-loss": "bptt",
}
"""The exercises whose pages lie in the golden folder in every format, by the name they have there."""
