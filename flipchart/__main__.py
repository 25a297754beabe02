"""`python -m flipchart` and the `flipchart` command."""


def main() -> None:
    """Run the command line; exits with 0, 1 (an answer has errors) or 2 (the call was wrong)."""
    from flipchart.gui.cli import run

    run()


if __name__ == "__main__":
    main()
