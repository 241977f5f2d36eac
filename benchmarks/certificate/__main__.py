"""``make bench NAME=certificate``."""

import sys

from benchmarks.certificate.run import main

sys.exit(main())
