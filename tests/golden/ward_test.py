#!/usr/bin/env python3
"""The bundled ward: the generator makes the same bytes again, and the built quell gives every patient the
answer that was declared for it.

    ward_test.py bytes
    ward_test.py screen QUELL
"""
import csv
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WARD = ROOT / "examples" / "ward"
AT = "2021-03-01T07:00:00+01:00"
SHOWN_MAX = 60


def content(path):
    """Compressed files are compared by what they hold: compressors differ."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def same_bytes():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, ROOT / "tools" / "ward" / "make_ward.py", folder], check=True)
        made = {path.name: content(path) for path in pathlib.Path(folder).iterdir()}
    kept = {path.name: content(path) for path in WARD.iterdir() if path.name != "README.md"}
    wrong = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
    for name in wrong:
        print(f"{name}: " + ("not made by the generator" if name not in made else
                             "not in examples/ward" if name not in kept else "differs"))
    too_large = [path.name for path in WARD.iterdir() if path.stat().st_size > 1_500_000]
    for name in too_large:
        print(f"{name} is larger than 1.5 MB")
    return 1 if wrong or too_large else 0


def rows(name):
    with open(WARD / name, newline="") as file:
        return list(csv.DictReader(file))


def main():
    if sys.argv[1:] == ["bytes"]:
        return same_bytes()
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
