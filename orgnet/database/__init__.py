"""A network in Neo4j: put there, kept in step, asked, and fetched again.

Nothing is imported here: what writes files for Neo4j needs no driver.
"""
