#!/usr/bin/env python3
"""Who a patient is stays in the records: nothing that `quell screen` draws under pseudonyms names one.

A patient whose records are full of identifiers (the id in other resources' ids and in the file's name, a
name, a number, an address, a day of birth) is screened in every format, explained and drawn as a page;
then the bundled ward with the five trials. With --ids mrn the same search must find the id, so that it is
known to look at the right places; with --ids none there is nobody at all.

    ids_test.py QUELL
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WARD = ROOT / "examples" / "ward"
TRIALS = ["jakincov", "kaplanski", "elmekaty", "larosee", "nct04334044"]
ID = "mustermann-19500505"
IDENTIFIERS = [ID, "Mustermann", "Erika", "4711-0815", "Heidestraße", "1950-05", "+49 221"]
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"


def observation(name, code, **value):
    return {"resourceType": "Observation", "id": f"{ID}-{name}", "status": "final",
            "subject": {"reference": f"Patient/{ID}", "display": "Erika Mustermann"},
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "effectiveDateTime": "2021-03-01T06:00:00+03:00", "issued": "2021-03-01T07:00:00+03:00", **value}


def write_records(folder):
    patient = {"resourceType": "Patient", "id": ID, "birthDate": "1950-05-05", "gender": "male",
               "name": [{"family": "Mustermann", "given": ["Erika"]}], "telecom": [{"value": "+49 221 1"}],
               "identifier": [{"value": "4711-0815"}], "address": [{"line": ["Heidestraße 17"]}]}
    positive = {"coding": [{"system": SNOMED, "code": "260373001"}]}
    rows = [patient, observation("pcr", "94500-6", valueCodeableConcept=positive),
            observation("anc", "751-8", valueQuantity={"value": 0.3, "unit": "10*9/L", "system": UCUM, "code": "10*9/L"}),
            observation("plt", "777-3", valueQuantity={"value": 200, "unit": "G/l"})]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "Erika_Mustermann_0a1b.ndjson").write_text(text + '{"resourceType":"Observatoin"}\n')


def outputs(quell, trial, data, ids, *more, modes=(["--sweep"], ["--since", "2021-02-28T00:00:00+01:00"])):
    """What is drawn in every way: name -> text."""
    out = {}
    base = [quell, "screen", ROOT / "trials" / trial, data, "-q", "--ids", ids, *more]
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "page.html"
        for kind in ("table", "json", "ndjson", "csv"):
            run = subprocess.run([*base, "--format", kind, "--report", page], capture_output=True, text=True, check=True)
            out[kind] = run.stdout
        out["page"] = page.read_text()
    for mode in modes:
        out[mode[0]] = subprocess.run([*base, *mode], capture_output=True, text=True, check=True).stdout
    for subject in [json.loads(line)["id"] for line in out["ndjson"].splitlines()][::30]:
        for kind in ("table", "json"):
            run = subprocess.run([*base, "--explain", subject, "--format", kind], capture_output=True, text=True, check=True)
            out[f"--explain {subject} ({kind})"] = run.stdout
    return out


def search(found, words):
    return [(name, word) for name, text in found.items() for word in words
            if re.search(rf"(?<![0-9A-Za-z]){re.escape(word)}", text)]


def one_patient(quell):
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        write_records(pathlib.Path(folder))
        for trial in TRIALS[1:3]:
            hidden = outputs(quell, trial, folder, "pseudonym")
            for name, word in search(hidden, IDENTIFIERS):
                wrong += 1
                print(f"{trial}, {name}: '{word}' under a pseudonym")
            shown = {name for name, _ in search(outputs(quell, trial, folder, "mrn"), [ID])}
            for name in ("json", "ndjson", "csv", "page", "--sweep"):
                if name not in shown:
                    wrong += 1
                    print(f"{trial}, {name}: --ids mrn does not show the id, so this test looks at nothing")
            nobody = outputs(quell, trial, folder, "none")
            for name, text in nobody.items():
                if re.search(r"S-[0-9A-Z]{4}-[0-9A-Z]{4}", text) or search({name: text}, IDENTIFIERS):
                    wrong += 1
                    print(f"{trial}, {name}: --ids none names somebody")
    return wrong


def whole_ward(quell):
    wrong = 0
    patients = [json.loads(line) for line in (WARD / "Patient.ndjson").read_text().splitlines()]
    words = {p["id"] for p in patients} | {p["birthDate"] for p in patients if len(p.get("birthDate", "")) > 7}
    for trial in TRIALS:
        found = outputs(quell, trial, WARD, "pseudonym", "--answers", WARD / "answers.csv", modes=())
        for name, word in search(found, sorted(words)):
            wrong += 1
            print(f"{trial}, {name}: '{word}'")
    return wrong


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wrong = one_patient(sys.argv[1]) + whole_ward(sys.argv[1])
    print(f"{wrong} identifiers where none belong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
