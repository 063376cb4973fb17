#!/usr/bin/env python3
"""Runs eval and screen of a quell built with ThreadSanitizer on 1, 2 and 8 threads: no data race is reported,
and the bytes are the same.

usage: races.py QUELL
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WARD = ROOT / "examples" / "ward"
TWO_SITES = ROOT / "tests" / "golden" / "trials" / "two-sites"
AT = ["--at", "2021-03-01T07:00:00+01:00", "--ids", "mrn", "--format", "ndjson"]
RUNS = {
    "screen": ["screen", ROOT / "trials" / "elmekaty", WARD, *AT],
    "screen, swept": ["screen", ROOT / "trials" / "nct04334044", WARD, "--sweep", *AT],
    "screen over all patients": ["screen", TWO_SITES, TWO_SITES / "records.ndjson", *AT],
    "eval": ["eval", ROOT / "trials" / "elmekaty" / "elmekaty.cql", "--data", WARD, "--valuesets",
             ROOT / "trials" / "library" / "valuesets", "--now", "2021-03-01T07:00:00+01:00"],
}


def main():
    wrong = 0
    for name, arguments in RUNS.items():
        first = None
        for threads in ("1", "2", "8"):
            run = subprocess.run([sys.argv[1], *arguments, "--threads", threads], capture_output=True)
            first = run.stdout if first is None else first
            faults = [what for what, found in {
                "a data race": b"ThreadSanitizer" in run.stderr,
                f"exit code {run.returncode}": run.returncode != 0,
                "other bytes than one thread": run.stdout != first,
                "no output": not run.stdout}.items() if found]
            if faults:
                wrong += 1
                print(f"{name}, {threads} threads: {', '.join(faults)}")
                print(run.stderr.decode("utf-8", "replace")[-4000:])
    print(f"{3 * len(RUNS) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
