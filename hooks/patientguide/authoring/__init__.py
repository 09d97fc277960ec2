"""Everything that writes content files: new entries, new guides, importers."""
