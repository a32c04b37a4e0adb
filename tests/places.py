"""Where things lie: the repository, the data of tests, golden pages, the exercises that come with rnncalc."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
ORACLE = DATA / "oracle"
GOLDEN = ROOT / "tests" / "golden"
EXERCISES = ROOT / "exercises"
