"""One file per kind of source. They do not know each other; `integrations.registry` lists them."""
