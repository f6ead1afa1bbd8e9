"""The API to read: a page that needs nothing from anywhere else, under the policy all pages have."""

import re

from seed.api import Api
from seed.office import Office
from support.stage import Stage

PAGE = "/docs/api"


def test_the_page_and_all_it_loads_are_ours(stage: Stage, clinic: Office) -> None:
    anybody: Api = stage.api(clinic)
    page = anybody.call("GET", PAGE)
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    html = page.body.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
    waiting = re.findall(r'(?:href|src)="(/assets/[^"]+)"', html)
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        asset = anybody.call("GET", path)
        assert asset.status == 200, path
        text = asset.body.decode()
        assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.M), path
        waiting += [f"/assets/reference/{name}" for name in re.findall(r'from "\./([^"]+)"', text)]
    assert len(seen) == 4
    assert anybody.get("/api/openapi.json")["openapi"].startswith("3.1")


def test_it_is_not_in_the_document_it_shows(stage: Stage, clinic: Office) -> None:
    assert PAGE not in stage.api(clinic).get("/api/openapi.json")["paths"]
