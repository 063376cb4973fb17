#!/usr/bin/env python3
"""Runs the command-line cases of tests/golden/cli/*.txt: what a person types and what they get.

A case:

    what it shows, in a sentence
    prepare: shell line, run in an empty folder $T with the tree at $ROOT (any number of lines)
    $ quell check $T/trial
    exit 1
    --- stdout
    ...
    --- stderr
    ...

`quell` is the built program, NO_COLOR and COLUMNS=80 are set, and $T and $ROOT are written as such in
the output. A line of `...` alone in an expected block matches any number of lines. With --update the
blocks are rewritten from what came; review that as a diff.

usage: run_cli.py QUELL [--update] [--cases FOLDER] [CASE ...]
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = pathlib.Path(__file__).parent / "cli"


def parse(text):
    case = {"title": "", "prepare": [], "command": "", "exit": 0, "stdout": "", "stderr": ""}
    block = None
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    for line in lines:
        if line in ("--- stdout", "--- stderr"):
            block = line[4:]
        elif block:
            case[block] += line + "\n"
        elif line.startswith("prepare: "):
            case["prepare"].append(line[9:])
        elif line.startswith("$ "):
            case["command"] = line[2:]
        elif line.startswith("exit "):
            case["exit"] = int(line[5:])
        else:
            case["title"] += line + "\n"
    return case


def render(case):
    out = case["title"]
    out += "".join(f"prepare: {p}\n" for p in case["prepare"])
    out += f"$ {case['command']}\nexit {case['exit']}\n"
    for block in ("stdout", "stderr"):
        if case[block]:
            out += f"--- {block}\n{case[block]}"
    return out


def run(case, quell):
    with tempfile.TemporaryDirectory(prefix="quell-case-") as folder:
        env = dict(os.environ, T=folder, ROOT=str(ROOT), NO_COLOR="1", COLUMNS="80", LC_ALL="C.UTF-8",
                   PATH=f"{quell.parent}:{os.environ['PATH']}", QUELL_DATA=str(ROOT / "trials"))
        for line in case["prepare"]:
            subprocess.run(["sh", "-ec", line], env=env, cwd=folder, check=True)
        done = subprocess.run(["sh", "-c", case["command"]], env=env, cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=300)

        def clean(data):
            text = data.decode("utf-8", "backslashreplace").replace(folder, "$T").replace(str(ROOT), "$ROOT")
            return text if not text or text.endswith("\n") else text + "\n"
        return {**case, "exit": done.returncode, "stdout": clean(done.stdout), "stderr": clean(done.stderr)}


def matches(expected, got):
    parts = re.split(r"(?m)^\.\.\.\n", expected)
    return re.fullmatch("(?:.*\n)*?".join(re.escape(p) for p in parts), got) is not None


def main():
    args = sys.argv[1:]
    update = "--update" in args
    args = [a for a in args if a != "--update"]
    cases = CASES
    if "--cases" in args:
        at = args.index("--cases")
        cases = pathlib.Path(args[at + 1])
        del args[at:at + 2]
    quell = pathlib.Path(args[0]).resolve()
    wanted = args[1:]
    passed = failed = 0
    for path in sorted(cases.glob("*.txt")):
        if wanted and path.stem not in wanted:
            continue
        case = parse(path.read_text())
        got = run(case, quell)
        same = case["exit"] == got["exit"] and all(matches(case[b], got[b]) for b in ("stdout", "stderr"))
        if same:
            passed += 1
        elif update:
            path.write_text(render(got))
            print(f"updated {path.name}")
        else:
            failed += 1
            print(f"FAILED {path.name}: {case['title'].strip()}\n--- got\n{render(got)}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
