"""How fast and how large: `make bench` measures the product beside bare Django, in turn, on the same machine."""
