"""Sphinx settings. Warnings are errors in `.ci/run`."""

from importlib.metadata import version as installed

project = "posdevkit"
author = "The posdevkit authors"
copyright = "2026, The posdevkit authors"
version = release = installed("posdevkit")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "posdevkit"

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_numpy_docstring = False
# Docstrings use single backticks for code, as the rest of the source does.
default_role = "code"
suppress_warnings = ["myst.xref_missing_ignored"]
