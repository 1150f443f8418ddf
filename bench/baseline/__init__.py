"""Bare Django: what the same server does at best, for the same rows, with none of the product in between."""
