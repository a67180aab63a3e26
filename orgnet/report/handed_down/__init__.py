"""Sheets handed down 下发表: what is open in each area, to fill in and send back."""

from orgnet.report.handed_down.write import to_excel

__all__ = ["to_excel"]
