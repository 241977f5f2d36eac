"""Imported before anything else by a function's ``app.py``: no garbage is collected while modules are imported.

Importing makes hundreds of thousands of objects and almost no garbage, and the collector walks them again and again: an eighth of a cold
start. :func:`jalon.edge.http.lambda_handler` freezes what the imports made and turns the collector on.
"""

import gc

gc.disable()
