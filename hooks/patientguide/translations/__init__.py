"""A guide in another language.

`marks` says which source text a translation was made of, `overlay` merges it over the source, `loader` loads it and
`checks` compares it with the source.
"""
