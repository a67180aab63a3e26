"""A network in Neo4j: put there, kept in step, asked, and fetched again."""

from orgnet.database.connect import connect
from orgnet.database.database import Database

__all__ = ["Database", "connect"]
