"""What editors have already, as files of a guide: lists of references, and tables of words and medicines.

A reader makes rows of a file (`csljson`, `bibtex`, `ris`, `table`); `references`, `words` and `medicines` make files of
rows. Nothing is guessed: what a field becomes is a table, and a row that does not fit is refused with its line.
"""
