"""The data provider: the products, and how each of them gets into its table and out of it.

May import the library. Knows nothing of sessions, of people, and of the engine that answers.
"""
