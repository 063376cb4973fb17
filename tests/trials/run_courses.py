#!/usr/bin/env python3
"""Courses of the trials, dose by dose, against what the protocol's text says by hand.

Each case is one subject: when it was allocated, what its records hold, the time asked, and the doses that
a person who reads the source writes down. Nothing here is computed by the program.

  dose line    [drug] [day] [planned, local] [dose] [state]      state: as `quell treat` names it

usage: run_courses.py QUELL [TRIAL]
"""
import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CODES = {"anakinra": "72435", "ruxolitinib": "1193326"}
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CASES = {}


def given(drug, when, mg=None, status="completed", reason=None):
    r = {"resourceType": "MedicationAdministration", "status": status,
         "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": CODES[drug]}]},
         "effectiveDateTime": when}
    if mg is not None:
        r["dosage"] = {"dose": {"value": mg, "unit": "mg", "system": UCUM, "code": "mg"}}
    if reason:
        r["statusReason"] = [{"text": reason}]
    return r


def order(drug, when, mg, hours):
    return {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": when,
            "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": CODES[drug]}]},
            "dosageInstruction": [{"timing": {"repeat": {"frequency": 1, "period": hours, "periodUnit": "h"}},
                                   "doseAndRate": [{"doseQuantity": {"value": mg, "unit": "mg", "system": UCUM,
                                                                     "code": "mg"}}]}]}


def lab(code, when, value, unit):
    return {"resourceType": "Observation", "status": "final", "effectiveDateTime": when, "issued": when,
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}


def ventilated(since):
    return {"resourceType": "Procedure", "status": "in-progress", "performedPeriod": {"start": since},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "1258985005"}]}}


def course(trial, title, at, doses, records, arm=None, allocated=None, site=None):
    """doses: lines of 'drug|day|planned|dose|state', planned empty for a dose outside of the plan."""
    CASES.setdefault(trial, []).append(dict(title=title, at=at, doses=doses, records=records, arm=arm,
                                            allocated=allocated, site=site))


exec((pathlib.Path(__file__).parent / "courses.py").read_text())


def write(folder, who, case):
    lines = [{"resourceType": "Patient", "id": who, "gender": "male", "birthDate": "1960-01-01"}]
    for k, record in enumerate(case["records"]):
        lines.append({**record, "id": f"{who}-{k}", "subject": {"reference": "Patient/" + who}})
    (folder / "records.ndjson").write_text("".join(json.dumps(r) + "\n" for r in lines))
    if case["allocated"]:
        (folder / "arms.csv").write_text("id,arm,allocated_at,site\n"
                                         f"{who},{case['arm']},{case['allocated']},{case['site'] or ''}\n")


def run(quell, trial, who, case, folder):
    write(folder, who, case)
    command = [quell, "treat", f"{ROOT}/trials/{trial}", f"{folder}/records.ndjson", "--at", case["at"],
               "--subject", who, "--ids", "mrn", "--format", "csv"]
    if case["allocated"]:
        command += ["--arms", f"{folder}/arms.csv"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        return [f"exit {done.returncode}: {done.stderr}"]
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    return [f"{r['drug']}|{r['day']}|{r['planned'][:16]}|{r['dose']}|{r['state']}" for r in rows]


def main():
    quell = sys.argv[1]
    passed = failed = 0
    for trial, cases in CASES.items():
        if len(sys.argv) > 2 and sys.argv[2] != trial:
            continue
        for number, case in enumerate(cases, 1):
            with tempfile.TemporaryDirectory(prefix="quell-course-") as folder:
                got = run(quell, trial, f"{trial}-{number}", case, pathlib.Path(folder))
            if got == case["doses"]:
                passed += 1
            else:
                failed += 1
                print(f"FAILED {trial} {number}, {case['title']}:")
                for line in case["doses"]:
                    print(("  " if line in got else "- ") + line)
                for line in got:
                    if line not in case["doses"]:
                        print("+ " + line)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
