"""What the directory refuses, said per field, so that a form can show it in place."""

from __future__ import annotations

from collections.abc import Mapping


class BadEntry(ValueError):
    """Master data that cannot be kept as given; `errors` maps a field to what is wrong, in the reader's language."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()))
        self.errors = {name: list(texts) for name, texts in errors.items()}
