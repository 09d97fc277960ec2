"""Registries of works and trials: cite a source, and watch for retractions and corrections.

Only `registries` uses the network; everything else turns its answers into data.
"""
