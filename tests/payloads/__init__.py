"""Sample bodies with invented values, shaped like the real ones."""

from pathlib import Path

HERE = Path(__file__).parent


def payload(source: str, name: str) -> bytes:
    """The bytes of `<source>/<name>`; without an ending `.json` is meant."""
    path = HERE / source / name
    return (path if path.suffix in (".json", ".txt") else path.with_name(name + ".json")).read_bytes()


def names(source: str) -> list[str]:
    """All bodies of a source."""
    return sorted(path.name for path in (HERE / source).iterdir() if path.name != "vectors.json")
