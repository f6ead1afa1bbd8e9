"""Builds the deployable bundle without deploying and says what weighs: compressed KiB by package."""

import os
import re
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_KIB = 10 * 1024  # Cloudflare's, compressed, on a paid plan
AIM_KIB = 3 * 1024  # also its limit on the free one
SHOWN = 12


def build(environment: str, into: Path) -> float:
    """Runs `wrangler deploy --dry-run`; the compressed size it reports, in KiB. Raises SystemExit if it fails."""
    command = ["wrangler", "deploy", "--dry-run", "--env", environment, "--outdir", str(into)]
    quiet = {**os.environ, "WRANGLER_SEND_METRICS": "false", "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=quiet, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    reported = re.search(r"gzip: ([\d.]+) KiB", done.stdout)
    if done.returncode or not reported:
        raise SystemExit(f"{done.stdout}\nthe bundle does not build")
    return float(reported[1])


def weights(bundle: Path) -> Counter[str]:
    """Compressed bytes by package; each file compressed alone, so they add up to a little more than the whole."""
    found: Counter[str] = Counter()
    for file in bundle.rglob("*"):
        if file.is_file():
            parts = file.relative_to(bundle).parts
            package = parts[1] if parts[0] == "python_modules" else "src"
            found[package] += len(zlib.compress(file.read_bytes(), 6))
    return found


def report(environment: str) -> int:
    """Prints the table; 1 when over the limit."""
    with tempfile.TemporaryDirectory() as scratch:
        total = build(environment, Path(scratch))
        print(f"bundle: {total:.0f} KiB compressed (aim {AIM_KIB}, limit {LIMIT_KIB})")
        heaviest = weights(Path(scratch)).most_common()
    for package, size in heaviest[:SHOWN]:
        print(f"  {size / 1024:7.0f} KiB  {package}")
    print(f"  {sum(size for _, size in heaviest[SHOWN:]) / 1024:7.0f} KiB  {len(heaviest[SHOWN:])} more")
    return int(total > LIMIT_KIB)


if __name__ == "__main__":
    sys.exit(report(sys.argv[1] if len(sys.argv) > 1 else "production"))
