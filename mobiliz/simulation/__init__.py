"""A year of the network, played through the real verbs on a database of its own, under faults, and checked.

`year.play` runs it; `invariants` says what must hold; `figures` what was found. Nothing here runs in production.
"""
