"""The commands. Only here are problems printed and exit codes set.

`main` has the command group; the other modules hold the commands by what they do.
"""
