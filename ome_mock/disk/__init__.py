"""Writing files: confinement to allowed directories, atomic and in-place writes."""
