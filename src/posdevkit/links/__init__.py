"""Cables: each module carries bytes over one kind of link. `posdevkit.registry` finds the one that a URL means.

Nothing is imported here, so that asking for the URL grammar brings no cable along.
"""
