"""`rnncalc` and `python -m rnncalc`: a Ctrl-C ends the program without a word, also while it still starts."""

import sys


def main() -> None:
    try:
        from rnncalc.cli import main
    except KeyboardInterrupt:
        sys.exit(130)
    main()


if __name__ == "__main__":
    main()
