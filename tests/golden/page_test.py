#!/usr/bin/env python3
"""Pages whose examples are run: every indented line `$ quell ...` of a page is run in the tree's root, and the
indented lines that follow must be what it prints, standard output then messages; `...` alone stands for any lines.

usage: page_test.py QUELL [--update] PAGE ...
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(quell, command):
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "80", "LC_ALL": "C.UTF-8", "QUELL_DATA": str(ROOT / "trials"),
           "PATH": f"{quell.parent}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return (done.stdout + done.stderr).decode()


def indented(text):
    return [("    " + line).rstrip() for line in text.rstrip("\n").split("\n")]


def matches(expected, got):
    parts = re.split(r"(?m)^    \.\.\.\n", "\n".join(expected) + "\n")
    return re.fullmatch(".*".join(re.escape(p) for p in parts), "\n".join(got) + "\n", re.DOTALL)


def blocks(lines):
    """Where each example starts, and the line behind it: up to the last indented line before other text."""
    for start, line in enumerate(lines):
        if not line.startswith("    $ quell "):
            continue
        end = start + 1
        while end < len(lines) and (lines[end].startswith("    ") or not lines[end]) and \
                not lines[end].startswith("    $ "):
            end += 1
        while not lines[end - 1]:
            end -= 1
        yield start, end


def main():
    quell = pathlib.Path(sys.argv[1]).resolve()
    pages = [pathlib.Path(p) for p in sys.argv[2:] if p != "--update"]
    passed = failed = 0
    for page in pages:
        lines = page.read_text().split("\n")
        for start, end in reversed(list(blocks(lines))):
            got = indented(run(quell, lines[start][6:]))
            if matches(lines[start + 1:end], got):
                passed += 1
            elif "--update" in sys.argv:
                lines[start + 1:end] = got
            else:
                failed += 1
                print(f"{page}:{start + 1}: {lines[start].strip()} prints", *got, sep="\n")
        if "--update" in sys.argv:
            page.write_text("\n".join(lines))
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or (not passed and "--update" not in sys.argv)


sys.exit(main())
