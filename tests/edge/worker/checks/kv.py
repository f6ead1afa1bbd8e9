"""KV: text by key. Its staleness of up to a minute does not show locally."""

from typing import Any

from js import Object
from pyodide.ffi import JsException, to_js
from same import fails, same

from frontdesk.edge.kv import KvStore


async def what_is_put_is_got_until_deleted(env: Any) -> None:
    kv = KvStore(env.KV)
    await kv.put("greeting", "Zoë 🙂")
    same(await kv.get("greeting"), "Zoë 🙂")
    await kv.put("greeting", "")
    same(await kv.get("greeting"), "")
    await kv.delete("greeting")
    same(await kv.get("greeting"), None)


async def a_missing_key_is_none_and_deleting_it_no_error(env: Any) -> None:
    kv = KvStore(env.KV)
    same(await kv.get("nowhere"), None)
    await kv.delete("nowhere")


async def a_time_to_live_is_at_least_a_minute(env: Any) -> None:
    options = to_js({"expirationTtl": 59}, dict_converter=Object.fromEntries)
    await fails(JsException, env.KV.put("short", "x", options))
    kv = KvStore(env.KV)
    await kv.put("short", "x", ttl_s=1)
    same(await kv.get("short"), "x")


async def keys_are_listed_by_prefix_a_page_at_a_time(env: Any) -> None:
    kv = KvStore(env.KV)
    for n in range(3):
        await kv.put(f"list:{n}", "x")
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        options = {"prefix": "list:", "limit": 2, **cursor}
        page = await env.KV.list(to_js(options, dict_converter=Object.fromEntries))
        found += [str(key.name) for key in page.keys]
        if page.list_complete:
            break
        cursor = {"cursor": str(page.cursor)}
    same(found, ["list:0", "list:1", "list:2"])


async def a_key_has_at_most_512_bytes(env: Any) -> None:
    await fails(JsException, env.KV.put("k" * 513, "x"))
