"""Draws pages as PDF in a process of its own: `python -m privacy.papers.draw` (ADR 0010).

What draws is large and reads what strangers wrote; neither may live in web or worker. It knows nothing of the product.
In: one page of HTML per line of standard input, as JSON. Out: one line per page, the PDF in base64. A page is refused
whatever it refers to: no network, no file.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import Any

NOT_THERE = 3
"""Exit status where the system's libraries are missing; standard error says which."""


def main() -> int:
    """Reads until the end of input; 0 when every page was drawn."""
    try:
        from weasyprint import HTML  # noqa: PLC0415  (its absence is said, not fatal)
    except OSError as error:  # the wheel is there, the libraries are not
        sys.stderr.write(str(error).splitlines()[0])
        return NOT_THERE
    for line in sys.stdin:
        pdf = HTML(string=json.loads(line), url_fetcher=refuse).write_pdf(pdf_variant="pdf/ua-1")
        sys.stdout.write(f"{b64encode(pdf).decode()}\n")
    return 0


def refuse(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """Fetches nothing."""
    raise ValueError(f"refused: {url}")


if __name__ == "__main__":
    sys.exit(main())
