"""`python -m chiron` is the command `chiron`."""

import sys

from chiron.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
