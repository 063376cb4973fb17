#!/usr/bin/env python3
"""Writes src/value/ucum.inc, the table of UCUM's units and prefixes, from ucum-essence.xml.

    tools/make_ucum.py ucum-essence.xml > src/value/ucum.inc

Every unit is resolved to an exact rational factor times a product of the seven base units (m, s, g,
rad, K, C, cd). UCUM gives [pi] as a decimal of 64 places; it is taken exactly as it stands there.
A special unit keeps the name of its function and the factor of the unit inside; an arbitrary unit
keeps a dimension of its own. Python 3, standard library only.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

NAMESPACE = "{http://unitsofmeasure.org/ucum-essence}"
BASE = ["m", "s", "g", "rad", "K", "C", "cd"]
FUNCTIONS = {
    "Cel": "CELSIUS", "degF": "FAHRENHEIT", "degRe": "REAUMUR", "pH": "PH", "ln": "LN",
    "lg": "LG", "lgTimes2": "LG_TIMES_2", "ld": "LD", "sqrt": "SQRT", "tanTimes100": "TAN_100",
    "100tan": "TAN_100", "hpX": "HP_X", "hpC": "HP_C", "hpM": "HP_M", "hpQ": "HP_Q",
}
# tan of a plane angle does not depend on the unit that the angle is counted in.
ANGLE_FUNCTIONS = {"tanTimes100", "100tan"}
ATOM = re.compile(r"10[*^]|(?:\[[^\]]*\]|[A-Za-z%'_])+")
EXPONENT = re.compile(r"[+-]?\d+")


class Meaning:
    """An exact factor and the exponents of the base units."""

    def __init__(self, factor=Fraction(1), dimension=None):
        self.factor = factor
        self.dimension = dimension or [0] * len(BASE)

    def times(self, other, sign=1):
        factor = self.factor * other.factor**sign
        return Meaning(factor, [a + sign * b for a, b in zip(self.dimension, other.dimension)])

    def power(self, n):
        return Meaning(self.factor**n, [n * d for d in self.dimension])


def name_of(node):
    """The first name; ElementTree decodes entities, and the table is UTF-8."""
    return " ".join(node.find(NAMESPACE + "name").text.split())


class Table:
    def __init__(self, root):
        self.prefixes = {}
        self.prefix_names = {}
        self.units = {}
        self.known = {}
        for node in root:
            kind = node.tag.removeprefix(NAMESPACE)
            if kind == "prefix":
                value = node.find(NAMESPACE + "value").attrib["value"]
                self.prefixes[node.attrib["Code"]] = Fraction(value)
                self.prefix_names[node.attrib["Code"]] = name_of(node)
            elif kind in ("base-unit", "unit"):
                self.units[node.attrib["Code"]] = node
        for i, code in enumerate(BASE):
            dimension = [0] * len(BASE)
            dimension[i] = 1
            self.known[code] = Meaning(dimension=dimension)

    def unit(self, code):
        if code not in self.known:
            value = self.units[code].find(NAMESPACE + "value")
            function = value.find(NAMESPACE + "function")
            if function is not None:
                inner = Meaning(Fraction(function.attrib["value"]))
                text = function.attrib["Unit"]
                if function.attrib["name"] in ANGLE_FUNCTIONS:
                    text = "rad"
                self.known[code] = inner.times(self.term(text))
            else:
                outer = Meaning(Fraction(value.attrib["value"]))
                self.known[code] = outer.times(self.term(value.attrib["Unit"]))
        return self.known[code]

    def metric(self, code):
        node = self.units[code]
        return node.tag == NAMESPACE + "base-unit" or node.attrib.get("isMetric") == "yes"

    def symbol(self, text):
        if text in self.units:
            return self.unit(text)
        for prefix, factor in self.prefixes.items():
            rest = text[len(prefix):]
            if text.startswith(prefix) and rest in self.units and self.metric(rest):
                return Meaning(factor).times(self.unit(rest))
        raise SystemExit(f"unknown unit {text}")

    def term(self, text):
        """A product of symbols and numbers, as the table itself uses: no parentheses."""
        result, sign, at = Meaning(), 1, 0
        while at < len(text):
            if text[at] in "./":
                sign = -1 if text[at] == "/" else 1
                at += 1
            atom = ATOM.match(text, at)
            if atom:
                at = atom.end()
                part = self.symbol(atom.group())
                exponent = EXPONENT.match(text, at)
                if exponent:
                    at = exponent.end()
                    part = part.power(int(exponent.group()))
            else:
                number = re.compile(r"\d+").match(text, at)
                at = number.end()
                part = Meaning(Fraction(number.group()))
            result = result.times(part, sign)
        return result


def quoted(code):
    return '"' + code.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    root = ElementTree.parse(sys.argv[1]).getroot()
    table = Table(root)
    codes = sorted(table.units)
    print("/* Made by tools/make_ucum.py from ucum-essence.xml, version "
          f"{root.attrib['version']} of {root.attrib['revision-date']}. Not for editing.\n"
          " * PREFIX(code, name, numerator, denominator)\n"
          " * ATOM(code, name, numerator, denominator, exponents of m s g rad K C cd, metric, function,\n"
          " *      row of the arbitrary unit it is, or -1); rows are sorted bytewise by code. */")
    print("/* clang-format off */")
    for code in sorted(table.prefixes):
        factor = table.prefixes[code]
        print(f'PREFIX({quoted(code)}, {quoted(table.prefix_names[code])}, "{factor.numerator}", "{factor.denominator}")')
    for row, code in enumerate(codes):
        node = table.units[code]
        meaning = table.unit(code)
        value = node.find(NAMESPACE + "value")
        function = value.find(NAMESPACE + "function") if value is not None else None
        name = FUNCTIONS[function.attrib["name"]] if function is not None else "LINEAR"
        arbitrary = -1
        if node.attrib.get("isArbitrary") == "yes":
            unit = value.attrib["Unit"]
            arbitrary = codes.index(unit) if unit in table.units else row
        dimension = ", ".join(str(d) for d in meaning.dimension)
        metric = 1 if table.metric(code) else 0
        print(f'ATOM({quoted(code)}, {quoted(name_of(node))}, '
              f'"{meaning.factor.numerator}", "{meaning.factor.denominator}", '
              f"{dimension}, {metric}, {name}, {arbitrary})")
    print("/* clang-format on */")


main()
