"""R2: bytes by key."""

from typing import Any

from js import Date, Object
from pyodide.ffi import jsnull, to_js
from same import same

from frontdesk.edge.r2 import R2Files


def _js(value: Any) -> Any:
    return to_js(value, dict_converter=Object.fromEntries)


async def every_byte_comes_back(env: Any) -> None:
    files = R2Files(env.FILES)
    data = bytes(range(256)) * 64
    await files.put("bytes", data, content_type="application/octet-stream")
    same(await files.get("bytes"), data)
    await files.put("bytes", b"", content_type="text/plain")
    same(await files.get("bytes"), b"")


async def a_missing_object_is_none(env: Any) -> None:
    same(await R2Files(env.FILES).get("nowhere"), None)


async def several_are_deleted_at_once(env: Any) -> None:
    files = R2Files(env.FILES)
    for key in ("one", "two"):
        await files.put(key, b"x", content_type="text/plain")
    await files.delete("one", "two", "nowhere")
    same([await files.get("one"), await files.get("two")], [None, None])


async def the_content_type_is_kept(env: Any) -> None:
    await R2Files(env.FILES).put("typed", b"x", content_type="application/json")
    head = await env.FILES.head("typed")
    same((str(head.httpMetadata.contentType), int(head.size)), ("application/json", 1))


async def a_conditional_put_yields_to_what_is_there(env: Any) -> None:
    await R2Files(env.FILES).delete("once")
    options = _js({"onlyIf": {"etagDoesNotMatch": "*"}})
    first = await env.FILES.put("once", "first", options)
    second = await env.FILES.put("once", "second", options)
    same((first is jsnull or first is None, second is jsnull or second is None), (False, True))
    same(await R2Files(env.FILES).get("once"), b"first")


async def a_range_is_read_alone(env: Any) -> None:
    await R2Files(env.FILES).put("long", b"0123456789", content_type="text/plain")
    part = await env.FILES.get("long", _js({"range": {"offset": 3, "length": 4}}))
    same(str(await part.text()), "3456")


async def keys_are_listed_in_order_page_by_page_with_their_instants(env: Any) -> None:
    files, before = R2Files(env.FILES), int(Date.now())
    for number in range(5):
        await files.put(f"listed/{number}", b"x", content_type="text/plain")
    await files.put("listed-not/0", b"x", content_type="text/plain")
    first = await files.listed("listed/", limit=3)
    same([each.key for each in first], ["listed/0", "listed/1", "listed/2"])
    same(all(before <= each.put_at <= int(Date.now()) for each in first), True)
    rest = await files.listed("listed/", after=first[-1].key)
    same([each.key for each in rest], ["listed/3", "listed/4"])
    same(await files.listed("listed/", after="listed/4"), [])
