"""R2 behind `core.platform.Files`."""

from js import Object
from pyodide.ffi import JsProxy, jsnull, to_js

from frontdesk.core.platform import KeptFile
from frontdesk.edge.answers import answered


class R2Files:
    """Objects by key."""

    def __init__(self, bucket: JsProxy) -> None:
        self._bucket = bucket

    async def put(self, key: str, data: bytes, *, content_type: str) -> None:
        """Keep `data`."""
        options = to_js({"httpMetadata": {"contentType": content_type}}, dict_converter=Object.fromEntries)
        await answered(lambda: self._bucket.put(key, to_js(data), options))

    async def get(self, key: str) -> bytes | None:
        """The bytes, or None."""
        found = await answered(lambda: self._bucket.get(key))
        if found is None or found is jsnull:
            return None
        return bytes((await answered(found.arrayBuffer)).to_bytes())

    async def delete(self, *keys: str) -> None:
        """Forget these."""
        await answered(lambda: self._bucket.delete(to_js(list(keys))))

    async def listed(self, prefix: str, *, after: str = "", limit: int = 1_000) -> list[KeptFile]:
        """A page of keys. R2 may answer with fewer than it was asked for and say that there are more."""
        found: list[KeptFile] = []
        more = True
        while more and len(found) < limit:
            last = found[-1].key if found else after
            options = {
                "prefix": prefix,
                "limit": limit - len(found),
                **({"startAfter": last} if last else {}),
            }
            page = await self._bucket.list(to_js(options, dict_converter=Object.fromEntries))
            found += [KeptFile(str(each.key), int(each.uploaded.getTime())) for each in page.objects]
            more = bool(page.truncated) and len(page.objects) > 0
        return found
