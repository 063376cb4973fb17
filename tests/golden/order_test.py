#!/usr/bin/env python3
"""The order of a library's definitions means nothing: with definitions and functions put in other
orders, the messages, the types and the checked trees (as ELM), and the results are the same.

A definition belongs to the last context before it, so only those of one context change places.

usage: order_test.py QUELL [--orders N] FILE.cql...
"""
import collections
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/golden/eval/data"


def split(text):
    """Pieces that begin at a definition with the comment above it, and what stands between."""
    pieces, at = [], 0
    for found in re.finditer(r"^(?:/\*(?:(?!\*/)[\s\S])*\*/\n|//.*\n)*(define|context)\b.*$", text, re.M):
        pieces.append(text[at:found.start()])
        at = found.start()
    pieces.append(text[at:])
    return pieces


def is_definition(piece):
    return re.search(r"^define\b", piece, re.M) is not None


def shuffled(text, seed):
    pieces, rng = split(text), random.Random(seed)
    out, group = [], []
    for piece in pieces + [None]:
        if piece is not None and is_definition(piece):
            group.append(piece if piece.endswith("\n") else piece + "\n")
            continue
        if seed == 0:
            group.reverse()
        else:
            rng.shuffle(group)
        out += group + ([piece] if piece is not None else [])
        group = []
    return "".join(out)


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k != "locator"}
    return [plain(v) for v in value] if isinstance(value, list) else value


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def observe(quell, path, includes):
    """Messages without their lines; statements by name and signature; values by patient."""
    search = [x for i in includes for x in ("-I", str(i))]
    messages = json.loads(run([quell, "check", "--format", "json", *search, str(path)]).stdout)
    said = collections.Counter((m["id"], re.sub(r"line \d+", "line N", m["message"]), m["hint"])
                               for m in messages)
    elm = run([quell, "plan", "--elm", *search, str(path)])
    statements = {}
    if elm.returncode == 0:
        for d in json.loads(elm.stdout)["library"]["statements"]["def"]:
            key = d["name"] + json.dumps(plain([o["operandTypeSpecifier"] for o in d.get("operand", [])]))
            statements[key] = plain(d)
    values = run([quell, "eval", "--now", "2021-03-01T12:00:00Z", "--data", str(DATA), "--valuesets",
                  str(ROOT / "tests/golden/eval/valuesets"), "--valuesets",
                  str(ROOT / "trials/library/valuesets"), *search, str(path)])
    lines = [json.loads(x) for x in values.stdout.splitlines()]
    errors = {str(x["id"]): sorted((e["define"], e["code"]) for e in x["errors"]) for x in lines}
    return said, statements, {str(x["id"]): (x["values"], errors[str(x["id"])]) for x in lines}


def main():
    quell, arguments = sys.argv[1], sys.argv[2:]
    orders = 1
    if arguments[0] == "--orders":
        orders, arguments = int(arguments[1]), arguments[2:]
    passed = failed = results = 0
    for name in arguments:
        path = pathlib.Path(name).resolve()
        text = path.read_text()
        with tempfile.TemporaryDirectory() as folder:
            other = pathlib.Path(folder) / path.name
            includes = [path.parent, ROOT / "tests/golden/eval/include"]
            other.write_text(text)
            wanted = observe(quell, other, includes)
            results += sum(len(v[0]) for v in wanted[2].values())
            for seed in range(orders):
                changed = shuffled(text, seed)
                assert sorted(changed.replace("\n", "")) == sorted(text.replace("\n", "")), name
                other.write_text(changed)
                same = observe(quell, other, includes) == wanted
                passed, failed = passed + same, failed + (not same)
                if not same:
                    got = observe(quell, other, includes)
                    print(f"{name}, order {seed}: not the same")
                    for what, a, b in zip(("messages", "statements", "values"), wanted, got):
                        print(f"  {what}: {'same' if a == b else 'differ'}")
                    print(f"  messages only before: {wanted[0] - got[0]}\n  only after: {got[0] - wanted[0]}")
    print(f"{results} results compared\n{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
