"""The command line. One module per command; commands of other distributions join by entry points."""
