"""Structural checks and content rules.

A rule is a function declared under a subject (`rule`); `runner` runs them all. To add a rule, add a function to the
module of its subject.
"""
