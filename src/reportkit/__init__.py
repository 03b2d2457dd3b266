"""reportkit: a reproducible report build system."""

__version__ = "0.1.0"
