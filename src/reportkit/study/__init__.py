"""The study on disk, read and checked: `load_study`; its tables against their schema: `check_data`."""

from reportkit.study.data import check_data
from reportkit.study.load import load_study

__all__ = ["check_data", "load_study"]
