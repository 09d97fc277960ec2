"""Read files into the model, and split its texts into blocks.

`loader` reads a folder, `documents` validates files, `blocks` and `readability` analyze the texts.
"""
