"""``python -m synloom``."""

import sys

from synloom.cli import main

sys.exit(main())
