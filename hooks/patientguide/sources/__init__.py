"""Registries of works and trials: citing a source, and watching what becomes of it.

Only `registries` asks the network; everything else turns its answers into data.
"""
