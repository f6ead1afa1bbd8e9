"""The look of an e-mail: one quiet column that every mail reader shows, made from its plain text."""

from html import escape


def html_of(body: str, business: str, postal_address: str = "", unsubscribe: str = "") -> str:
    """The HTML part. Everything is escaped; paragraphs are the body's, set apart by empty lines."""
    paragraphs = "".join(
        f'<p style="margin:0 0 16px">{escape(part).replace(chr(10), "<br>")}</p>'
        for part in body.split("\n\n")
        if part.strip()
    )
    footer = "<br>".join(escape(line) for line in (business, postal_address) if line)
    if unsubscribe:
        footer += f'<br><a href="{escape(unsubscribe)}" style="color:#667085">Unsubscribe</a>'
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"></head>'
        '<body style="margin:0;padding:32px 16px;background:#f5f6f8;'
        'font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif;color:#101828">'
        '<div style="max-width:520px;margin:0 auto;background:#fff;border-radius:12px;padding:32px">'
        f'{paragraphs}</div><div style="max-width:520px;margin:16px auto 0;font-size:13px;color:#667085">'
        f"{footer}</div></body></html>"
    )
