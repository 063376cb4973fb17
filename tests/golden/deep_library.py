#!/usr/bin/env python3
"""Prints a CQL library whose definitions nest nearly as deep as LIMIT_EXPRESSION_DEPTH and the
limit on types allow: every stage walks them on the stack that a thread has."""

SHAPES = [
    ("Brackets", "(", "1", ")", 480),
    ("Lists", "{", "1", "}", 60),
    ("Tuples", "{ a: ", "1", " }", 60),
    ("Negation", "not ", "true", "", 480),
    ("Minus", "- ", "1", "", 480),
    ("Choice", "if true then ", "1", " else 2", 480),
    ("Cases", "case when true then ", "1", " else 2 end", 240),
    ("Chain", "1 + (", "1", ")", 240),
    ("Calls", "Coalesce(", "1", ", 2)", 400),
    ("Queries", "({1}) X where exists (", "{1}", ")", 120),
    ("Texts", "ToString(Length(", "'a'", "))", 200),
]

print("library Deep")
for name, opening, middle, closing, depth in SHAPES:
    print(f"define {name}: {opening * depth}{middle}{closing * depth}")
