"""The dashboard's modules: no cycle among them, nothing imported that is not used, nothing exported for nobody."""

import re
from pathlib import Path

from architecture.sources import ROOT, name_of, under

APP = ROOT / "public" / "app"
MAP = APP / "routes.js"
FILES = under("public/app", suffixes=(".js",))
NAMED = re.compile(r'^import \{([^}]*)\} from "([^"]+)";', re.M)
ANY = re.compile(r'(?:from|import)\s*\(?\s*"(\.[^"]+)"')
EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class|let) (\w+)", re.M)


def imports_of(file: Path) -> list[Path]:
    """What it reaches at once or later; the map's views are what it is for, and no way back."""
    found = [(file.parent / each).resolve() for each in ANY.findall(file.read_text())]
    return [each for each in found if file != MAP or "views" not in each.parts]


def cycle_from(file: Path, path: list[Path], done: set[Path]) -> list[Path]:
    if file in path:
        return [*path[path.index(file) :], file]
    if file not in done and file.is_relative_to(APP):
        for each in imports_of(file):
            if found := cycle_from(each, [*path, file], done):
                return found
        done.add(file)
    return []


def test_no_module_leads_back_to_itself() -> None:
    done: set[Path] = set()
    for file in FILES:
        assert not [name_of(each) for each in cycle_from(file, [], done)]


def test_what_is_imported_is_there_and_used() -> None:
    for file in FILES:
        text = file.read_text()
        for names, path in NAMED.findall(text):
            source = (file.parent / path).resolve()
            for named in names.split(","):
                name, _, alias = named.strip().partition(" as ")
                assert len(re.findall(rf"\b{alias or name}\b", text)) > 1, f"{name_of(file)}: {name}"
                if source.is_relative_to(APP) and source.name != "html.js":
                    assert name in EXPORTED.findall(source.read_text()) or re.search(
                        rf"^export \{{[^}}]*\b{name}\b", source.read_text(), re.M
                    ), f"{name_of(file)}: {name} of {path}"


def test_what_is_exported_is_somebodys() -> None:
    wanted: set[tuple[Path, str]] = set()
    lazily: set[str] = set()
    for file in FILES:
        text = file.read_text()
        for names, path in NAMED.findall(text):
            source = (file.parent / path).resolve()
            wanted |= {(source, each.strip().partition(" as ")[0]) for each in names.split(",")}
        lazily |= set(re.findall(r"\w+", " ".join(line for line in text.splitlines() if "import(" in line)))
    unwanted = [
        f"{name_of(file)}: {name}"
        for file in FILES
        for name in EXPORTED.findall(file.read_text())
        if (file.resolve(), name) not in wanted and name not in lazily and name != "Page"
    ]
    assert unwanted == []
