"""Write content files: new entries, new guides, importers."""
