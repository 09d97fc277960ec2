"""From files to the model, and the model's texts cut into blocks.

`loader` reads a folder, `documents` validates it, `blocks` and `readability` look at the texts.
"""
