#!/usr/bin/env python3
"""The bundled ward: the generator makes the same bytes again, and the built quell gives every patient the
answer that was declared for it, and names the resource that decides.

    ward_test.py bytes
    ward_test.py screen QUELL
    ward_test.py evidence QUELL
    ward_test.py cache QUELL

cache: every trial gives the same bytes from the raw files, from a cohort cache, from a cache that grew, and
with 1, 2 and 8 threads: the list, everything about every subject, and the page.
"""
import csv
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WARD = ROOT / "examples" / "ward"
AT = {"records": "2021-03-01T07:00:00+01:00", "records_and_answers": "2021-03-01T07:00:00+01:00",
      "records_at_noon": "2021-03-01T12:00:00+01:00"}
UNCODED = {"medication order", "medication given", "medication taken", "encounter", "condition", "procedure"}
SHOWN_MAX = 60
EACH = 5


def content(path):
    """Compressed files are compared by what they hold: compressors differ."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def same_bytes():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, ROOT / "tools" / "ward" / "make_ward.py", folder], check=True)
        made = {path.name: content(path) for path in pathlib.Path(folder).iterdir()}
    kept = {path.name: content(path) for path in WARD.iterdir() if path.name != "README.md"}
    wrong = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
    for name in wrong:
        print(f"{name}: " + ("not made by the generator" if name not in made else
                             "not in examples/ward" if name not in kept else "differs"))
    too_large = [path.name for path in WARD.iterdir() if path.stat().st_size > 1_500_000]
    for name in too_large:
        print(f"{name} is larger than 1.5 MB")
    return 1 if wrong or too_large else 0


def rows(name):
    with open(WARD / name, newline="") as file:
        return list(csv.DictReader(file))


def declared():
    """(trial, column) -> patient -> criterion -> expected; the status stands under ""."""
    out = {}
    for column in AT:
        for row in rows("expected.csv"):
            out.setdefault((row["trial"], column), {}).setdefault(row["id"], {})[row["criterion"]] = row[column]
        for row in rows("expected-status.csv"):
            out[row["trial"], column][row["id"]][""] = row[column]
    return out


def differences(expected, lines):
    """What quell said, against what was declared: a sentence each."""
    found = {}
    for line in lines:
        subject = json.loads(line)
        found[subject["id"]] = dict(subject["answers"], **{"": subject["status"]})
    for patient in sorted(expected.keys() | found.keys()):
        if patient not in found or patient not in expected:
            yield f"{patient}: " + ("not screened" if patient not in found else "not declared")
            continue
        for criterion in sorted(expected[patient].keys() | found[patient].keys()):
            want, got = expected[patient].get(criterion), found[patient].get(criterion)
            if want != got:
                yield f"{patient} {criterion or 'status'}: declared {want}, quell says {got}"


def screen(quell):
    wrong = compared = 0
    for (trial, column), expected in declared().items():
        command = [quell, "screen", ROOT / "trials" / trial, WARD, "--at", AT[column], "--format", "ndjson", "--ids", "mrn"]
        if column == "records_and_answers":
            command += ["--answers", WARD / "answers.csv"]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            print(f"{trial}, {column}: quell ended with {run.returncode}\n{run.stderr}")
            wrong += 1
            continue
        threads = subprocess.run(command + ["--threads", "3"], capture_output=True, text=True)
        if threads.stdout != run.stdout:
            print(f"{trial}, {column}: three threads print other bytes than one")
            wrong += 1
        for sentence in differences(expected, run.stdout.splitlines()):
            wrong += 1
            if wrong <= SHOWN_MAX:
                print(f"{trial}, {column}: {sentence}")
        compared += sum(map(len, expected.values()))
    print(f"{compared} answers compared, {wrong} differ")
    return 1 if wrong or not compared else 0


def mislabelled(reason):
    """Words such as "ferritin found" must name one of the very things that were found. What a retrieve without
    codes found goes by the name of its type."""
    words, labels = reason["words"], {fact["label"] for fact in reason["facts"]}
    if not words.endswith(" found") or words.startswith("no ") or not labels:
        return False
    if labels & UNCODED or words.removesuffix(" found") in UNCODED:
        return False
    return not any(words.startswith(label) for label in labels)


def evidence(quell):
    """The evidence names the resource that decided. A few patients for each criterion: a run a patient is slow."""
    wrong = asked = 0
    wanted = {}
    for row in rows("expected-evidence.csv"):
        wanted.setdefault((row["trial"], row["id"]), []).append(row)
    told = {}
    for (trial, patient), facts in sorted(wanted.items(), key=lambda item: (-len(item[1]), item[0])):
        if all(told.get((trial, row["criterion"]), 0) >= EACH for row in facts):
            continue
        run = subprocess.run([quell, "screen", ROOT / "trials" / trial, WARD, "--at", AT["records"], "--ids", "mrn",
                              "--explain", patient, "--format", "json"], capture_output=True, text=True)
        criteria = {c["id"]: c for c in json.loads(run.stdout)["criteria"]}
        for reason in (r for c in criteria.values() for r in c["evidence"] if mislabelled(r)):
            wrong += 1
            print(f"{trial}, {patient}: '{reason['words']}', yet that is {reason['facts'][0]['label']}")
        for row in facts:
            told[trial, row["criterion"]] = told.get((trial, row["criterion"]), 0) + 1
            named = {fact["resource"] for reason in criteria[row["criterion"]]["evidence"] for fact in reason["facts"]}
            asked += 1
            if row["resource"] not in named:
                wrong += 1
                print(f"{trial}, {patient} {row['criterion']}: declared {row['resource']}, the evidence names "
                      f"{', '.join(sorted(named)) or 'nothing'}")
    print(f"evidence of {asked} answers asked for, {wrong} wrong")
    return 1 if wrong or not asked else 0


TRIALS = ["jakincov", "kaplanski", "elmekaty", "larosee", "nct04334044"]
READING = ("resources", "not_wanted", "not_read")  # how much was passed over unread: a cache passes over more


def answers_of(quell, trial, data, folder, threads):
    page = pathlib.Path(folder) / "page.html"
    command = [quell, "screen", ROOT / "trials" / trial, *data, "--at", AT["records"], "--ids", "mrn", "-q",
               "--threads", str(threads), "--answers", WARD / "answers.csv", "--format", "json"]
    shown = json.loads(subprocess.run([*command, "--report", page], check=True, capture_output=True, text=True).stdout)
    for word in READING:
        shown["data"].pop(word, None)
    return json.dumps(shown, indent=1), page.read_text()


def cache(quell):
    wrong = compared = 0
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(p for p in WARD.iterdir() if p.name.endswith((".ndjson", ".ndjson.gz", ".json")))
        whole, grown = pathlib.Path(folder) / "whole", pathlib.Path(folder) / "grown"
        subprocess.run([quell, "index", WARD, "-o", whole, "-q"], check=True, capture_output=True)
        subprocess.run([quell, "index", *files[:2], "-o", grown, "-q"], check=True, capture_output=True)
        subprocess.run([quell, "index", *files[2:], "-o", grown, "-q", "--append"], check=True, capture_output=True)
        for trial in TRIALS:
            raw, page = answers_of(quell, trial, [WARD], folder, 1)
            for name, data, threads in [("2 threads", [WARD], 2), ("8 threads", [WARD], 8),
                                        ("a cache", [whole], 1), ("a cache, 2 threads", [whole], 2),
                                        ("a cache that grew", [grown], 1)]:
                other, other_page = answers_of(quell, trial, data, folder, threads)
                compared += 1
                # The page says how much was passed over, too.
                same_page = len(page) > 10000 and (data != [WARD] or page == other_page)
                if other != raw or not same_page:
                    wrong += 1
                    print(f"{trial}: {name} gives something else than the raw files with one thread")
            ids = [subject["id"] for subject in json.loads(raw)["subjects"]][::9]
            for subject in ids:
                told = [subprocess.run([quell, "screen", ROOT / "trials" / trial, data, "--at", AT["records"], "--ids",
                                        "mrn", "-q", "--explain", subject], check=True, capture_output=True).stdout
                        for data in (WARD, whole, grown)]
                compared += 2
                if told[0] != told[1] or told[0] != told[2] or len(told[0]) < 100:
                    wrong += 1
                    print(f"{trial}: --explain {subject} differs")
    print(f"{compared} results compared, {wrong} differ")
    return 1 if wrong or compared < 50 else 0


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "cache":
        return cache(sys.argv[2])
    if sys.argv[1:] == ["bytes"]:
        return same_bytes()
    if len(sys.argv) == 3 and sys.argv[1] == "screen":
        return screen(sys.argv[2])
    if len(sys.argv) == 3 and sys.argv[1] == "evidence":
        return evidence(sys.argv[2])
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
