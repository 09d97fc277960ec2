"""What services know of our sources and trials: is a source the work we name, and what became of it."""
