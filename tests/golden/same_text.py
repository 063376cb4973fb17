#!/usr/bin/env python3
"""Compares a committed file with what a command prints: same_text.py FILE COMMAND...

With QUELL_UPDATE=1 in the environment the file is rewritten instead.
"""
import os
import pathlib
import subprocess
import sys

path = pathlib.Path(sys.argv[1])
got = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, check=True).stdout
if os.environ.get("QUELL_UPDATE") == "1":
    path.write_bytes(got)
elif path.read_bytes() != got:
    sys.exit(f"{path} is out of date: run with QUELL_UPDATE=1 and review the diff")
print("1 passed, 0 failed")
