"""ZPL commands by kind. Source of all: Zebra's ZPL II programming guide, the page named by the command."""
