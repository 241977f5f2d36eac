"""``make bench NAME=engine``."""

import sys

from benchmarks.engine.run import main

sys.exit(main())
