"""`rnncalc` and `python -m rnncalc`: a Ctrl-C ends the program without a word, also while it still starts."""

import gc
import sys


def main() -> None:
    # A short run makes many objects and hardly any garbage. To look for it while modules are loaded, and among all that
    # there is when the program ends, would take a sixth of its time.
    gc.set_threshold(100_000)
    try:
        from rnncalc.cli import main
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
