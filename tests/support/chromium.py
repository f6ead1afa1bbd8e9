"""A Chromium to look at pages with: the system's if there is one, else npm's, unpacked once; no root needed."""

import io
import os
import platform
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from local.child import ROOT, environment

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKED = ROOT / "node_modules" / "@sparticuz" / "chromium"
UNPACKED = ROOT / ".wrangler" / "chromium"
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage")
"""Containers have no user namespaces and a small /dev/shm; the pages are our own."""
FONTS = '<?xml version="1.0"?><fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>'


class NoChromium(Exception):
    """Neither here nor there."""


class Chromium(NamedTuple):
    """Where it is, how it wants to be started, and what it needs around it."""

    path: Path
    flags: tuple[str, ...]
    variables: Mapping[str, str]


def find() -> Chromium:
    """FRONTDESK_CHROMIUM (a path, or `npm`), a system's, or npm's. Raises NoChromium."""
    wished = os.environ.get("FRONTDESK_CHROMIUM", "")
    if wished and wished != "npm":
        return Chromium(Path(wished), FLAGS, {})
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if wished != "npm" and (found or ON_A_MAC.exists()):
        return Chromium(Path(found) if found else ON_A_MAC, FLAGS, {})
    return _unpacked()


def surroundings() -> dict[str, str | float | bool]:
    """The environment to start one in."""
    return {**os.environ}


def _unpacked() -> Chromium:
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise NoChromium("install Chromium or Chrome; npm's package is for Linux on x86-64 only")
    if not (PACKED / "bin").is_dir():
        raise NoChromium("npm's Chromium is not installed; run ./scripts/test once")
    if not UNPACKED.exists():
        making = UNPACKED.with_name(f"chromium.{os.getpid()}")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        program = making / "chromium"
        program.write_bytes(_inflated("chromium.br"))
        program.chmod(0o755)
        for archive in ("al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"):
            with tarfile.open(fileobj=io.BytesIO(_inflated(archive))) as tar:
                tar.extractall(making, filter="data")
        places = {"fonts": UNPACKED / "fonts", "cache": UNPACKED / "font-cache"}
        (making / "fonts.conf").write_text(FONTS.format_map(places))
        try:
            making.rename(UNPACKED)
        except OSError:  # another process was as fast, and made the same
            shutil.rmtree(making)
    # Its own NSS and expat, which a bare machine lacks; what else it needs is libc.
    libraries = os.pathsep.join(filter(None, [os.environ.get("LD_LIBRARY_PATH"), str(UNPACKED / "lib")]))
    fonts = {} if Path("/etc/fonts/fonts.conf").exists() else {"FONTCONFIG_PATH": str(UNPACKED)}
    return Chromium(UNPACKED / "chromium", (*FLAGS, "--disable-gpu"), {"LD_LIBRARY_PATH": libraries, **fonts})


def _inflated(name: str) -> bytes:
    """A Brotli file's content, by Node: Python has no Brotli of its own."""
    program = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(process.argv[1])))"
    done = subprocess.run(
        ["node", "-e", program, str(PACKED / "bin" / name)],
        env=environment(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout
