"""R2 behind `core.platform.Files`."""

from js import Object
from pyodide.ffi import JsProxy, jsnull, to_js


class R2Files:
    """Objects by key."""

    def __init__(self, bucket: JsProxy) -> None:
        self._bucket = bucket

    async def put(self, key: str, data: bytes, *, content_type: str) -> None:
        """Keep `data`."""
        options = to_js({"httpMetadata": {"contentType": content_type}}, dict_converter=Object.fromEntries)
        await self._bucket.put(key, to_js(data), options)

    async def get(self, key: str) -> bytes | None:
        """The bytes, or None."""
        found = await self._bucket.get(key)
        if found is None or found is jsnull:
            return None
        return bytes((await found.arrayBuffer()).to_bytes())

    async def delete(self, *keys: str) -> None:
        """Forget these."""
        await self._bucket.delete(to_js(list(keys)))
