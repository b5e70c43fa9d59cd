"""How the documentation is built: Markdown in four kinds, by Sphinx with MyST."""

import logging

from statlas import __version__

# A kind may have no page yet; this warning has no type by which `suppress_warnings` could name it.
logging.getLogger("sphinx.sphinx.directives.other").addFilter(
    lambda record: not str(record.msg).startswith("toctree glob pattern")
)

project = "Statlas"
author = "The Statlas contributors"
copyright = "the Statlas contributors, Apache License 2.0"
release = version = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = "Statlas"
html_copy_source = False
html_show_sourcelink = False
