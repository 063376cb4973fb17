#!/usr/bin/env python3
"""Compares what `quell eval` printed with what the CQL file expects of it.

A definition's expected values stand behind `//=`, as JSON with the digits that are wanted, one for
each line that has the definition, with ` | ` between; `error` is null with an entry in "errors".
Prints what differs, and how many are as written.

usage: quell eval FILE.cql ... | expect.py FILE.cql
"""
import json
import re
import sys


class Digits(str):
    """A number as it was printed."""


def text(value):
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{text(k)}:{text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def expected(path):
    found, name = {}, None
    for line in open(path, encoding="utf-8"):
        start = re.match(r'\s*define (?:"([^"]*)"|(\w+)):', line)
        name = (start.group(1) or start.group(2)) if start else name
        values = re.search(r"//= (.*)$", line)
        if name and values:
            found[name] = values.group(1).split(" | ")
    return found


def printed():
    found = {}
    for line in sys.stdin:
        answer = json.loads(line, parse_float=Digits, parse_int=Digits)
        wrong = {e["define"] for e in answer["errors"]}
        for name, value in answer["values"].items():
            is_error = value is None and name in wrong
            found.setdefault(name, []).append("error" if is_error else text(value))
    return found


want, got = expected(sys.argv[1]), printed()
for name in want:
    if want[name] != got.get(name):
        print(f"{name}\n  expected {' | '.join(want[name])}\n  came     {' | '.join(got.get(name, ['nothing']))}")
for name in got:
    if name not in want:
        print(f"{name} is not expected")
print(f"{sum(want[name] == got.get(name) for name in want)} of {len(want)} as written")
