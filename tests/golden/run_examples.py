#!/usr/bin/env python3
"""Runs the examples of every message: the wrong one gives exactly its id, the mended one nothing.

An example is two texts with a line `-- mended:` between them. In each,

    --- NAME            begins a file; before the first such line stands the usual file
    $ COMMAND           is run by sh; without one the usual command is

The usual file of CQ and TX examples is example.cql, of DA examples data.ndjson, of ST examples data.csv; of TR examples it is
keys of trial.yaml that replace those of the trial that `quell new` makes, and definitions in logic.cql
replace its definitions of the same name or are added. The mended text changes the files of the wrong
one. Notes that count what was left out may come beside, and
a message that only follows others stands behind them.

usage: run_examples.py QUELL [--slow] [ID ...]
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

USUAL = {"CQ": "quell check example.cql", "TX": "quell eval example.cql",
         "DA": "quell eval example.cql --data data.ndjson", "TR": "quell check trial",
         "ST": "quell stats t data.csv --x v --by g"}
LOGIC = ("using FHIR version '4.0.1'\ncontext Patient\n"
         "define \"Observations\": Count([Observation])\n")
PATIENT = '{"resourceType":"Patient","id":"1","birthDate":"1960-05-01"}\n'
# What no example can show on every machine.
WITHOUT = {
    "CQ0482": "the parser's own limit comes first (CQ0011)",
    "DA0002": "memory that ended, a run that was cancelled",
}
# Notes that count what was left out, and messages that only follow others.
# TR0534 says that the drug of a short example is not described.
BESIDE = {"DA0013", "DA0016", "TR0534"}
FOLLOWS = {"TR0114": {"TR0531"}, "DA0015": {"DA0100"}, "DA0016": {"DA0104"}, "DA0105": {"DA0100"}}
SLOW = {"CQ0010", "DA0011", "DA0012"}


def read(text, usual):
    files, commands, name = {}, [], usual
    for line in text.split("\n"):
        if line.startswith("--- "):
            name = line[4:]
        elif line.startswith("$ "):
            commands.append(line[2:])
        else:
            files[name] = files.get(name, "") + line + "\n"
    return {k: v for k, v in files.items() if v.strip()}, commands


def blocks(text, begins):
    """The text in pieces that each begin at a line which matches, by the match's group."""
    out, key = {}, ""
    for line in text.split("\n"):
        found = re.match(begins, line)
        key = found.group(1) if found else key
        out[key] = out.get(key, "") + line + "\n"
    return out


def patch(path, text, begins):
    pieces = blocks(path.read_text(), begins)
    pieces.update({k: v for k, v in blocks(text, begins).items() if v.strip()})
    path.write_text("".join(pieces.values()))


def prepare(kind, files, folder, quell):
    if kind == "TR":
        subprocess.run([quell, "new", "trial"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    if kind in ("TR", "DA"):
        (folder / "data.ndjson").write_text(PATIENT)
    if kind == "DA":
        (folder / "example.cql").write_text(LOGIC)
    for name, text in files.items():
        if kind == "TR" and name == "trial.yaml":
            patch(folder / "trial" / name, text, r"(\w[\w-]*):")
        elif kind == "TR" and name == "logic.cql":
            patch(folder / "trial" / name, text, r'define (".*?"):')
        else:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)


def messages(kind, files, commands, quell):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(kind, files, folder, quell)
        bin_ = folder / ".bin"
        bin_.mkdir()
        (bin_ / "quell").symlink_to(quell)
        env = dict(os.environ, PATH=f"{bin_}:{os.environ['PATH']}", NO_COLOR="1", LC_ALL="C.UTF-8")
        text = ""
        for command in commands:
            run = subprocess.run(["sh", "-c", command], cwd=folder, env=env, text=True, errors="replace",
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
            text += run.stdout
        return set(re.findall(r"\[([A-Z]{2}\d{4})\]\n", text)), text


def check(info, quell):
    kind = info["id"][:2]
    usual = {"DA": "data.ndjson", "TR": "trial.yaml", "ST": "data.csv"}.get(kind, "example.cql")
    files, commands = read(info["wrong"], usual)
    mended, mended_commands = read(info["mended"], usual)
    commands = commands or [USUAL[kind]]
    wrong, text = messages(kind, files, commands, quell)
    allowed = {info["id"]} | BESIDE | FOLLOWS.get(info["id"], set())
    if info["id"] not in wrong or wrong - allowed:
        return f"the wrong example gives {sorted(wrong) or 'nothing'}:\n{text}"
    commands = mended_commands or [c for c in commands if "quell " in c]
    if not mended_commands and not any("quell " in c and "> " not in c for c in commands):
        commands = [USUAL[kind]]
    left, text = messages(kind, {**files, **mended}, commands, quell)
    left -= {"TR0534"}
    return f"the mended example gives {sorted(left)}:\n{text}" if left else None


def main():
    quell = os.path.abspath(sys.argv[1])
    slow = "--slow" in sys.argv
    wanted = [a for a in sys.argv[2:] if not a.startswith("--")]
    infos = json.loads(subprocess.run([quell, "explain", "--format", "json"], check=True,
                                      stdout=subprocess.PIPE).stdout)
    passed, failed, not_run = 0, 0, []
    for info in infos:
        id_ = info["id"]
        if (wanted and id_ not in wanted) or (not wanted and (id_ in SLOW) != slow):
            continue
        if id_[:2] not in USUAL:
            not_run.append(id_)
            continue
        if not info["explanation"]:
            problem = "there is no explanation"
        elif not info["wrong"] or not info["mended"]:
            problem = None if id_ in WITHOUT else "there is no example"
        else:
            problem = check(info, quell)
        passed += problem is None
        failed += problem is not None
        if problem:
            print(f"{id_}: {problem}")
    if not_run:
        print(f"not run yet: {' '.join(not_run)}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
