"""Brute-force answers to the questions, apart from the library.

Plain Python over the rows of a world, a few lines a rule, slow and plain. Where the
contract leaves a choice, the reading taken is marked "Reading".
"""
