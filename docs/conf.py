"""Sphinx: pages in Markdown, the reference made of the code, nothing fetched from anywhere."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import reference_pages

from readalike.version import __version__

project = "Readalike"
author = "the authors of Readalike"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns: list[str] = []
templates_path: list[str] = []
# Markdown read before the build, and pages of the package that are read where they are
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

smartquotes = False  # -- is two hyphens: the pages are full of options
highlight_language = "text"  # commands; Python says that it is Python

html_theme = "furo"
html_title = "Readalike"
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["style"]
html_css_files = ["site.css"]
# no last-updated line and no build date: the same sources give the same pages
html_last_updated_fmt = None

# a name between single backticks is code, and a link where the reference has the name
default_role = "py:obj"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_numpy_docstring = False


def setup(app: object) -> None:
    """Hooks the generated parts in."""
    reference_pages.setup(app)
