"""`python -m ome_mock` is `ome-mock`."""

from .cli import main

if __name__ == "__main__":
    main()
