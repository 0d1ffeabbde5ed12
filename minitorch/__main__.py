"""``python -m minitorch``."""

import sys

from minitorch.cli import main

if __name__ == "__main__":
    sys.exit(main())
