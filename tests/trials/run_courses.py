#!/usr/bin/env python3
"""Courses of the trials, dose by dose, against what the protocol's text says by hand.

Each case is one subject: when it was allocated, what its records hold, the time asked, and the doses that
a person who reads the source writes down. Nothing here is computed by the program.

  dose line      [drug] [day] [planned, local] [dose] [state]     state: as `quell treat` names it
  decision line  [at, local] [event] [rule or treatment] [text]   without the stages
  ask            how a question that stays open begins

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
SNOMED = "http://snomed.info/sct"
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


def order(drug, when, mg, hours, status="active", until=None):
    timing = {"repeat": {"frequency": 1, "period": hours, "periodUnit": "h"}}
    if until:
        timing["repeat"]["boundsPeriod"] = {"start": when, "end": until}
    return {"resourceType": "MedicationRequest", "status": status, "intent": "order", "authoredOn": when,
            "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": CODES[drug]}]},
            "dosageInstruction": [{"timing": timing,
                                   "doseAndRate": [{"doseQuantity": {"value": mg, "unit": "mg", "system": UCUM,
                                                                     "code": "mg"}}]}]}


def lab(code, when, value, unit, high=None):
    quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    r = {"resourceType": "Observation", "status": "final", "effectiveDateTime": when, "issued": when,
         "code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": quantity}
    if high is not None:
        r["referenceRange"] = [{"high": {**quantity, "value": high}}]
    return r


def answered(criterion, when, yes=True):
    return {"resourceType": "Observation", "status": "final", "effectiveDateTime": when, "issued": when,
            "code": {"coding": [{"system": "urn:quell:criterion", "code": criterion}]}, "valueBoolean": yes}


def procedure(code, start, end=None):
    r = {"resourceType": "Procedure", "status": "completed" if end else "in-progress",
         "code": {"coding": [{"system": SNOMED, "code": code}]}, "performedPeriod": {"start": start}}
    if end:
        r["performedPeriod"]["end"] = end
    return r


def course(trial, title, at, doses, records, arm=None, allocated=None, site=None, decisions=None, asks=None):
    """doses: lines of 'drug|day|planned|dose|state', planned empty for a dose outside of the plan."""
    CASES.setdefault(trial, []).append(dict(title=title, at=at, doses=doses, records=records, arm=arm,
                                            allocated=allocated, site=site, decisions=decisions, asks=asks))


exec((pathlib.Path(__file__).parent / "courses.py").read_text())


def write(folder, who, case):
    lines = [{"resourceType": "Patient", "id": who, "gender": "male", "birthDate": "1960-01-01"}]
    for k, record in enumerate(case["records"]):
        lines.append({**record, "id": f"{who}-{k}", "subject": {"reference": "Patient/" + who}})
    (folder / "records.ndjson").write_text("".join(json.dumps(r) + "\n" for r in lines))
    if case["allocated"]:
        (folder / "arms.csv").write_text("id,arm,allocated_at,site\n"
                                         f"{who},{case['arm']},{case['allocated']},{case['site'] or ''}\n")


def treat(quell, trial, who, case, folder, form):
    home = ROOT / "trials" / trial
    home = home if home.exists() else ROOT / "tests" / "trials" / trial
    command = [quell, "treat", str(home), f"{folder}/records.ndjson", "--at", case["at"],
               "--subject", who, "--ids", "mrn", "--format", form]
    if case["allocated"]:
        command += ["--arms", f"{folder}/arms.csv"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr}")
    return done.stdout


def decision(d):
    what = d.get("rule") or d.get("treatment") or ""
    return "|".join([d["at"][:16], d["event"], what, d.get("text", "")])


def run(quell, trial, who, case, folder):
    """(wanted, got) lines, the doses first."""
    write(folder, who, case)
    rows = csv.DictReader(io.StringIO(treat(quell, trial, who, case, folder, "csv")))
    got = [f"{r['drug']}|{r['day']}|{r['planned'][:16]}|{r['dose']}|{r['state']}" for r in rows]
    wanted = list(case["doses"])
    if case["decisions"] is not None or case["asks"] is not None:
        subject = json.loads(treat(quell, trial, who, case, folder, "json"))["subjects"][0]
        wanted += (case["decisions"] or []) + [f"ask: {q}" for q in case["asks"] or []]
        if case["decisions"] is not None:
            got += [decision(d) for d in subject["decisions"] if d["event"] != "stage"]
        if case["asks"] is not None:
            got += ["ask: " + q["needs"].split(":")[0] for q in subject["undecided"]]
    return wanted, got


def main():
    quell = sys.argv[1]
    passed = failed = 0
    for trial, cases in CASES.items():
        if len(sys.argv) > 2 and sys.argv[2] != trial:
            continue
        for number, case in enumerate(cases, 1):
            with tempfile.TemporaryDirectory(prefix="quell-course-") as folder:
                wanted, got = run(quell, trial, f"{trial}-{number}", case, pathlib.Path(folder))
            if got == wanted:
                passed += 1
            else:
                failed += 1
                print(f"FAILED {trial} {number}, {case['title']}:")
                for line in wanted:
                    print(("  " if line in got else "- ") + line)
                for line in got:
                    if line not in wanted:
                        print("+ " + line)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
