"""Translating: catalogs of a study's messages, kept up to date with its text, measured and checked."""

from reportkit.translate.check import check_catalogs
from reportkit.translate.extract import extract_messages
from reportkit.translate.status import FileStatus, catalog_status
from reportkit.translate.update import update_catalogs

__all__ = ["FileStatus", "catalog_status", "check_catalogs", "extract_messages", "update_catalogs"]
