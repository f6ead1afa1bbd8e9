"""The ASSETS binding behind `core.platform.Assets`."""

from pyodide.ffi import JsProxy

from frontdesk.core.web import HttpResponse

ANY_ORIGIN = "http://assets"
"""The binding looks at the path alone."""


class StaticAssets:
    """The files of `public/`."""

    def __init__(self, binding: JsProxy | None) -> None:
        self._binding = binding

    async def get(self, path: str) -> HttpResponse | None:
        """The file at `path` with its type and tag, or None."""
        if self._binding is None:
            return None
        found = await self._binding.fetch(f"{ANY_ORIGIN}{path}")
        if int(found.status) != 200:
            return None
        headers = {
            name: str(value) for name in ("content-type", "etag") if (value := found.headers.get(name))
        }
        return HttpResponse(200, headers, bytes((await found.arrayBuffer()).to_bytes()))
