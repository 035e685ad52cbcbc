"""Transactions of real applications, one short module each.

A module has its story in its docstring, entities, functions that are transactions, and
`run(db)`, which creates the tables and plays the story. A module that is put here is found
by the command line, `python -m samples.patterns`, and by the tests.
"""
