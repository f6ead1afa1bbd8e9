"""A page that says one thing: the front door, unsubscribing, an error. Its sheet is public/assets/plain.css."""

from html import escape


def page(heading: str, body: str, *, of: str = "") -> str:
    """The whole document. `body` is HTML and put in as it is; `of` is the business whose page it is, if any's."""
    title = f"{heading} · {of}" if of else heading
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/assets/plain.css"></head>'
        f"<body><main>{f'<p>{escape(of)}</p>' if of else ''}<h1>{escape(heading)}</h1>{body}</main></body></html>"
    )
