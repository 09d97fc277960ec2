"""Links inside a built site: a graph of its files, and what is wrong with it."""
