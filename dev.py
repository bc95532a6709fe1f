#!/usr/bin/env python3
"""The newcomer's door: `python3 dev.py` says what it can do."""

import sys

# Before any other import: an older Python cannot even read the package.
if sys.version_info < (3, 8):
    sys.exit("Start dev.py with Python 3.8 or later, for instance: python3 dev.py demo")

from devtools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
