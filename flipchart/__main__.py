"""`python -m flipchart` and the `flipchart` command."""

import sys

from flipchart import __version__


def main() -> None:
    """Run the command line; exits with 0, 1 (an answer has errors) or 2 (the call was wrong)."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"flipchart {__version__}")
        return
    from flipchart.gui.cli import run

    run()


if __name__ == "__main__":
    main()
