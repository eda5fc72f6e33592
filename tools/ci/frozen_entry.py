"""What PyInstaller freezes: the command line."""

from posdevkit.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
