#!/usr/bin/env python3
"""docs/stats: a page for each statistical method, from the table of methods and from running its examples.

The pages are compared with what the program says; --update writes them. A page that no method has is a
finding too.

usage: stats_docs.py QUELL [--update]
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "stats"
DATA = ROOT / "examples" / "stats"
TAKES = {"columns": " FILE.csv", "counts": " COUNTS... | FILE.csv", "numbers": " NUMBERS... | FILE.csv", "options": ""}


def run(quell, arguments):
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "80"}
    out = subprocess.run([quell, "stats", *arguments.split()], cwd=DATA, env=env, capture_output=True, text=True)
    if out.returncode not in (0, 1) or out.stderr:
        raise SystemExit(f"quell stats {arguments}: exit {out.returncode}\n{out.stdout}{out.stderr}")
    return out.stdout


def cell(text):
    return text.replace("|", "\\|")


def option_rows(method):
    rows = ["| option | meaning | default |", "|---|---|---|"]
    for o in method["options"]:
        default = cell(o["default"])
        if o["default"] != o["default_sas"]:
            default = f"{default}; with `--compat sas` {cell(o['default_sas'])}"
        needed = method["takes"] == "columns" and o["needed"]
        name = f"`--{o['name']} {cell(o['argument'])}`"
        rows.append(f"| {'**' + name + '**' if needed else name} | {o['summary']} | {default} |")
    return rows


def page(quell, method):
    lines = [f"# {method['title']}", "", f"    quell stats {method['method']}{TAKES[method['takes']]} [OPTIONS]", "",
             f"For the question: {method['question']}.", "", method["words"], "", f"Source: {method['source']}", "",
             "## Options", "", *option_rows(method), "", "## Example", ""]
    for example in method["examples"].split("\n"):
        lines.append(f"    $ quell stats {example}")
        lines += [("    " + line).rstrip() for line in run(quell, example).split("\n")[:-1]]
        lines.append("")
    return "\n".join(lines)


def index(methods):
    lines = ["# Statistical methods", "",
             "One page a method: the question it answers, formula and conventions, source, options, and an example that",
             "the tests run on `examples/stats`. `quell stats` lists the methods in the terminal.", "",
             "Every result names its method, the options that held, n, how many rows were left out because a value is",
             "missing, and the method of each interval. A method that does not apply to the data says why in place of a",
             "number. `--compat sas` takes SAS's defaults where the packages are documented to differ.", "",
             "These pages are written from the table `src/stats/methods.def`."]
    question = None
    for m in methods:
        if m["question"] != question:
            question = m["question"]
            lines += ["", f"## {question}", ""]
        lines.append(f"- [{m['title']}]({m['method']}.md): `{m['method']}`")
    return "\n".join(lines) + "\n"


def main():
    quell, update = str(pathlib.Path(sys.argv[1]).resolve()), "--update" in sys.argv
    listed = subprocess.run([quell, "stats", "--format", "json"], capture_output=True, text=True, check=True)
    methods = json.loads(listed.stdout)
    pages = {"README.md": index(methods)}
    pages.update({m["method"] + ".md": page(quell, m) for m in methods})
    if update:
        PAGES.mkdir(exist_ok=True)
        for name, text in pages.items():
            (PAGES / name).write_text(text)
    there = {p.name: p.read_text() for p in PAGES.glob("*.md")}
    failed = 0
    for name in sorted(set(pages) | set(there)):
        if pages.get(name) != there.get(name):
            print(f"docs/stats/{name} is not what the program says: run tests/golden/stats_docs.py QUELL --update")
            failed += 1
    print(f"{len(pages) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
