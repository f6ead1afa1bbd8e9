"""The API's reference for people: an empty page whose own script reads the OpenAPI document."""

from fastapi.responses import HTMLResponse

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API reference · Frontdesk</title>
<link rel="stylesheet" href="/assets/reference/reference.css">
<script type="module" src="/assets/reference/reference.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the reference</a>
<nav id="contents" aria-label="Contents"></nav>
<main id="content" tabindex="-1"><p class="wait">Reading the document …</p>
<noscript><p>This page needs JavaScript. The document itself is at
<a href="/api/openapi.json">/api/openapi.json</a>.</p></noscript></main>
</body>
</html>
"""


async def api_reference() -> HTMLResponse:
    """The same for everybody; it fetches nothing but our own files and the document."""
    return HTMLResponse(PAGE, headers={"cache-control": "public, max-age=300"})
