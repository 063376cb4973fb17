#!/usr/bin/env python3
"""One mistake, one message: single tokens of working libraries are dropped, misspelt or replaced, and
what `quell check` says must be little and begin where the mistake is.

Of N mutations a file that give an error: at least 19 of 20 give one error, none more than three, and in
at least 19 of 20 the first error lies in the definition that was changed, or the name that it declares was changed (an unclosed bracket or quote
is noticed where the definition ends).

usage: mutation_test.py QUELL [--each N] [--show] FILE.cql...
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

INCLUDE = pathlib.Path(__file__).resolve().parent / "eval/include"
TOKEN = re.compile(r"""//.*|/\*[\s\S]*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[A-Za-z_]\w*|\d+(?:\.\d+)?"""
                   r"""|<=|>=|!=|!~|[-+*/()\[\]{}:,.<>=~&^|@]""")
SWAP = {"and": "und", "exists": "exsits", "where": "whre", "<": "<<", "=": "==", "(": "[", ")": "]",
        "then": "than", "else": "esle", ".": ",", ":": "=", "return": "retrun", "is": "as"}


def tokens(text):
    return [m for m in TOKEN.finditer(text) if not m.group().startswith(("//", "/*"))]


def mutate(token, rng):
    word = token.group()
    kind = rng.choice(("drop", "swap", "spell"))
    if kind == "swap" and word in SWAP:
        return SWAP[word]
    if kind != "drop" and word[0] == '"' and len(word) > 5:
        return word[:2] + word[3] + word[2] + word[4:] if word[2] != word[3] else word[:3] + word[4:]
    if kind != "drop" and re.match(r"[A-Za-z_]{4,}", word):
        return word[:1] + word[2:]
    if kind == "swap" and word[0].isdigit():
        return f"'{word}'"
    return ""


def spans(text):
    """The lines of each definition: (first, last)."""
    starts = [text.count("\n", 0, m.start()) + 1
              for m in re.finditer(r"^(define|context|library|using|include|valueset|codesystem|code"
                                   r"|concept|parameter)\b", text, re.M)]
    return list(zip(starts, [s - 1 for s in starts[1:]] + [text.count("\n") + 1]))


def within(text, line, at):
    for first, last in spans(text):
        if first <= at <= last:
            return first <= line <= last + 1
    return True


def declares(text, token):
    """A declared name: what is wrong then shows where the name is used."""
    before = text[:token.start()].rstrip()
    return re.search(r"(\b(define|private|function|code|concept|valueset|codesystem|parameter|called|let|library)"
                     r"|\bdefine)$", before) is not None


def main():
    quell, arguments = sys.argv[1], sys.argv[2:]
    each, show = 8, "--show" in arguments
    arguments = [a for a in arguments if a != "--show"]
    if arguments[0] == "--each":
        each, arguments = int(arguments[1]), arguments[2:]
    wrong = one = near = 0
    worst, problems = 0, []
    for name in arguments:
        path = pathlib.Path(name).resolve()
        text = path.read_text()
        all_, rng = tokens(text), random.Random(path.name)
        for token in rng.sample(all_, min(each, len(all_))):
            changed = text[:token.start()] + mutate(token, rng) + text[token.end():]
            line = text.count("\n", 0, token.start()) + 1
            with tempfile.TemporaryDirectory() as folder:
                other = pathlib.Path(folder) / path.name
                other.write_text(changed)
                run = subprocess.run([quell, "check", "--format", "json", "-I", str(path.parent), "-I",
                                      str(INCLUDE), str(other)],
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            if run.returncode not in (0, 1):
                sys.exit(f"{name}:{line}: exit {run.returncode}")
            errors = [m for m in json.loads(run.stdout) if m["severity"] == "error"]
            if not errors:
                continue
            wrong += 1
            one += len(errors) == 1
            right = declares(text, token) or within(text, errors[0]["line"], line) and pathlib.Path(errors[0]["file"]) == other
            near += right
            worst = max(worst, len(errors))
            if len(errors) > 1 or not right:
                problems.append(f"{name}:{line}: {token.group()!r} became {mutate(token, random.Random(0))!r}-like:\n"
                                + f"    {changed.splitlines()[line - 1]}\n"
                                + "".join(f"    {e['line']}: {e['message']} [{e['id']}]\n" for e in errors[:6]))
    good = wrong > 0 and one * 20 >= wrong * 19 and near * 20 >= wrong * 19 and worst <= 3
    if show or not good:
        print("".join(problems))
    print(f"{wrong} mutations gave errors: {one} one only, {near} in the right definition, {worst} at most")
    print(f"{int(good)} passed, {int(not good)} failed")
    sys.exit(not good)


if __name__ == "__main__":
    main()
