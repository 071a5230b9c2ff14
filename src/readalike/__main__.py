"""`python -m readalike` is the command line too."""

from readalike.cli import main

main()
