"""What is found, for people: in notebooks, and as one page for a meeting."""

from orgnet.report.notebook import network_html, result_html
from orgnet.report.page import write_report

__all__ = ["network_html", "result_html", "write_report"]
