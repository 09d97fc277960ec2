"""The guide without a network: as files on a stick, and as the copy that a browser keeps after a visit."""
