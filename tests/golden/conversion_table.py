#!/usr/bin/env python3
"""The table of conversions, every cell (CQL 1.5, developer's guide, "Implicit Conversions").

For each pair of types, an argument of one is given to a function of the other, which works only where the
table says implicit, and `convert` is used, which works where it says implicit or explicit. `quell check`
must refuse exactly the others.

usage: conversion_table.py QUELL
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TYPES = ["Boolean", "Integer", "Long", "Decimal", "Quantity", "Ratio", "String", "Date", "DateTime", "Time",
         "Code", "Concept", "List<Code>", "ValueSet"]
VALUES = ["true", "1", "1L", "1.0", "1 'g'", "1 'g' : 2 'g'", "'1'", "@2020-01-01", "@2020-01-01T10:00:00.0",
          "@T10:00", "Code { code: 'a' }", "Concept { codes: { Code { code: 'a' } } }",
          "{ Code { code: 'a' } }", "\"V\""]
# A row a type converted, a column a type wanted: I implicit, E explicit only, = the same, - not at all.
TABLE = """
= E E E - - E - - - - - - -
E = I I I - E - - - - - - -
E E = I I - E - - - - - - -
E - - = I - E - - - - - - -
- - - - = - E - - - - - - -
- - - - - = E - - - - - - -
E E E E E E = E E E - - - -
- - - - - - E = I - - - - -
- - - - - - E E = - - - - -
- - - - - - E - - = - - - -
- - - - - - - - - - = I - -
- - - - - - - - - - - = E -
- - - - - - - - - - - E = -
- - - - - - - - - - - - I =
"""
# The reference gives these, although the table does not: ToQuantity of a Ratio, and ToConcept of a
# List<Code>, which a ValueSet is implicitly.
MORE = {("Ratio", "Quantity", "explicit"), ("ValueSet", "Concept", "explicit")}


def library(wanted):
    """The cells that `wanted` accepts, a definition a line, and what each line tries."""
    lines = ["library Conversions", "valueset \"V\": 'urn:v'"]
    lines += [f"define function f{i}(x {t}): 1" for i, t in enumerate(TYPES)]
    tried = {}
    for i, row in enumerate(TABLE.split("\n")[1:-1]):
        for k, cell in enumerate(row.split()):
            for way, text in (("implicit", f"f{k}({VALUES[i]})"),
                              ("explicit", f"convert {VALUES[i]} to {TYPES[k]}")):
                if wanted(way, "=" if (TYPES[i], TYPES[k], way) in MORE else cell):
                    lines.append(f"define d{i}_{k}_{way}: {text}")
                    tried[len(lines)] = f"{TYPES[i]} to {TYPES[k]}, {way}"
    return "\n".join(lines) + "\n", tried


def works(way, cell):
    return cell in ("=I" if way == "implicit" else "=IE")


def errors(quell, text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "conversions.cql"
        path.write_text(text)
        done = subprocess.run([quell, "check", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=dict(os.environ, NO_COLOR="1"), text=True, timeout=120)
        return {int(n): m for n, m in re.findall(r"conversions\.cql:(\d+):\d+: error: (.*)", done.stdout)}


def main():
    quell = sys.argv[1]
    failed = passed = 0
    for expected, wanted in ((False, works), (True, lambda way, cell: not works(way, cell))):
        text, tried = library(wanted)
        found = errors(quell, text)
        for line, what in tried.items():
            if (line in found) == expected:
                passed += 1
            else:
                failed += 1
                print(f"{what}: {found.get(line, 'is accepted')}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed != 2 * len(TYPES) ** 2 else 0


sys.exit(main())
