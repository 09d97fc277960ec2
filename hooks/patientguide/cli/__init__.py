"""The commands. Problems are printed and exit codes set only here.

`main` has the command group; the other modules hold the commands by what they do.
"""
