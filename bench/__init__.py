"""How fast and how large: `make bench` measures the product beside bare Django on the same machine, in the same minutes."""
