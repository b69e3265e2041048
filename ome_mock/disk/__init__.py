"""What writes files: confinement, atomic and in-place writes."""
