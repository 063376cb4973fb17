#!/usr/bin/env python3
"""Checks the tree against its own picture: layers, one-way includes, unique file names, sizes.

Run by ./dev lint. Prints a line per finding and exits 1 when there is one.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUNCTION_LINES = 70
FILE_LINES = 800
findings = []


def finding(path, line, words):
    findings.append(f"{path}:{line}: {words}")


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [pathlib.Path(p) for p in out.stdout.split("\n") if p]


def layers():
    """folder -> height; folders on one line of layers.txt are siblings and never include each other."""
    heights, height = {}, 0
    for line in (ROOT / "tools/layers.txt").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            for folder in line.split():
                heights[folder] = height
            height += 1
    return heights


def check_includes(heights):
    for path in tracked("src/*.c", "src/*.h", "src/*.cpp", "src/*.def"):
        layer = path.parts[1]
        if layer not in heights:
            finding(path, 1, f"folder '{layer}' is not in tools/layers.txt")
            continue
        for number, line in enumerate((ROOT / path).read_text(errors="replace").splitlines(), 1):
            match = re.match(r'\s*#include "([^"]+)"', line)
            if not match:
                continue
            if match.group(1) == "library_places.h":  # made by meson
                continue
            target = match.group(1).split("/")[0]
            if layer == "cli" and target not in ("cli", "quell"):
                finding(path, number, f"the command line uses include/quell/ only, not {match.group(1)}")
            elif target == "quell":
                # A table of options (.def) is shared by the library and the command line.
                if heights[layer] < heights["api"] and not match.group(1).endswith(".def"):
                    finding(path, number, "a layer below api includes the public header")
            elif target not in heights:
                finding(path, number, f"include {match.group(1)} names no layer")
            elif target != layer and heights[target] >= heights[layer]:
                finding(path, number, f"include points up or sideways: {layer} -> {target}")


def check_names():
    seen = {}
    for path in tracked("src/*", "tests/*.c", "tests/*.h", "tools/*"):
        if path.name in ("meson.build", "README.md") or path.suffix not in (".c", ".h", ".cpp", ".def", ".py"):
            continue
        if path.name in seen:
            finding(path, 1, f"the file name stands also at {seen[path.name]}")
        seen[path.name] = path


def check_sizes():
    exceptions = {}
    for line in (ROOT / "tools/long_functions.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            exceptions[name] = reason.strip()
    used = set()
    for path in tracked("src/*.c"):
        lines = (ROOT / path).read_text(errors="replace").splitlines()
        if len(lines) > FILE_LINES:
            key = str(path)
            used.add(key)
            if key not in exceptions:
                finding(path, 1, f"{len(lines)} lines; split it, or name it with a reason in tools/long_functions.txt")
        start = name = None
        for number, line in enumerate(lines, 1):
            if line.endswith("{") and line[:1].isalpha() and "(" in line or (line.endswith("{") and line.startswith(" ") and name):
                pass
            match = re.match(r"[A-Za-z_].*?\b([A-Za-z_0-9]+)\(", line)
            if match and not line.endswith(";") and line[0] not in "#/":
                name = match.group(1)
            if line.endswith("{") and not line.startswith((" ", "}", "struct", "enum", "union")) or (line.endswith(") {") and start is None and name):
                start = start or number
            if line == "}" and start and name:
                length = number - start
                if length > FUNCTION_LINES:
                    used.add(name)
                    if name not in exceptions:
                        finding(path, start, f"{name} has {length} lines; split it, or name it with a reason in tools/long_functions.txt")
                start = name = None
            elif line == "};":
                start = name = None
    for name in sorted(set(exceptions) - used):
        findings.append(f"tools/long_functions.txt: {name} is no longer long; remove the line")


BANNED = {
    r"\bstrcpy\(|\bstrcat\(|\bsprintf\(|\bgets\(": "unbounded string functions",
    r"\bmalloc\(|\bcalloc\(|\brealloc\(": "the heap has one door: base/mem.h",
    r"\blongjmp\(|\bexit\(|\babort\(": "a library never jumps away or exits",
    r"\bprintf\(|\bputs\(|\bfprintf\(stderr": "a library never prints",
    r"\bTODO\b|\bFIXME\b|\bXXX\b": "finish it, or state the limit",
}


def check_banned():
    for path in tracked("src/*.c", "src/*.h", "src/*.cpp"):
        layer = path.parts[1]
        for number, line in enumerate((ROOT / path).read_text(errors="replace").splitlines(), 1):
            for pattern, words in BANNED.items():
                if layer == "cli" and ("prints" in words or "exits" in words):
                    continue
                if path.name in ("mem.c",) and "heap" in words:
                    continue
                if re.search(pattern, re.sub(r'"[^"]*"', '""', line)) and not line.lstrip().startswith(("*", "/*")):
                    finding(path, number, words)


def main():
    check_includes(layers())
    check_names()
    check_sizes()
    check_banned()
    for line in findings:
        print(line)
    return 1 if findings else 0


sys.exit(main())
