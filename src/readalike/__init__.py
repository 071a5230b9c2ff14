"""Readalike: learns from a table of ratings and tells a reader what to read next, and why."""

__version__ = "0.1.0"
