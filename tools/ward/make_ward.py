#!/usr/bin/env python3
"""Makes the synthetic ward of examples/ward from the declared intents in patients.py and facts.py.

    tools/ward/make_ward.py [FOLDER]          default: examples/ward

The same bytes at every run. Ends with an error when a criterion of a trial is not met, not met and unknown at
least once, when a trial lacks an eligible, a refused or an undecided patient, or when a kind of mess is rare."""
import csv
import datetime
import gzip
import io
import json
import pathlib
import random
import sys
import uuid

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import facts  # noqa: E402
import trials  # noqa: E402
from fhir import Chart, ICD10, LOINC, ROUND, TERMINOLOGY, UCUM, concept  # noqa: E402
from patients import PATIENTS  # noqa: E402

AT = ROUND.isoformat(timespec="seconds")
NEEDED_MESS = 3
RARE_MESS = {"contained resource": 2, "FiO2 as per cent and as a fraction": 2, "condition resolved after the round": 1, "death after the round": 2,
             "encounter ended after the round": 1, "procedure ended after the round": 1}
# What the expected tables say: by the records at the round, with people's answers, by the records at noon.
COLUMNS = ("records", "records_and_answers", "records_at_noon")
BASE = uuid.UUID("6d4b1a52-3f0c-4a6e-9d75-2c1c0f6f9b10")
ROLES = {"jakincov/I4": "admissions office", "jakincov/I3a": "investigator", "elmekaty/I7": "investigator",
         "nct04334044/I4": "investigator", "kaplanski/I5": "intensive care physician", "jakincov/E17": "investigator"}


# ---- Everyday entries that decide nothing ---------------------------------------------------------

def everyday(chart, chance):
    """Identity, comorbidities, other laboratory results, and vital signs of three days."""
    chart.patient["identifier"] = [{"system": "urn:synthetic:mrn", "value": "MRN-" + chart.id[1:].zfill(4)}]
    pick = lambda low, high: low + int(chance.random() * (high - low + 1))
    for code, display, odds in (("I10", "Essential (primary) hypertension", 0.45), ("E11.9", "Type 2 diabetes mellitus", 0.3),
                                ("E66.9", "Obesity, unspecified", 0.3), ("J45.9", "Asthma, unspecified", 0.1)):
        if chance.random() < odds:
            chart.condition(ICD10, code, display, since=pick(8000, 60000), recorded=79)
    signs = []
    for h in (54, 46, 38, 30, 22, 14, 9):
        signs.append(chart.lab("heart rate", pick(62, 118), "{beats}/min", h, issued=h))
        systolic = pick(98, 158)
        signs.append(chart.observation(None, None, h, issued=h, code=(LOINC, "85354-9", "Blood pressure panel"), component=[
            {"code": concept(LOINC, code, display), "valueQuantity": {"value": value, "unit": "mm[Hg]", "system": UCUM, "code": "mm[Hg]"}}
            for code, display, value in (("8480-6", "Systolic blood pressure", systolic),
                                         ("8462-4", "Diastolic blood pressure", systolic - pick(38, 60)))]))
    # Signs of the first day: older than any window.
    signs.append(chart.sign("respiratory rate", pick(18, 38), "/min", 57))
    signs.append(chart.sign("temperature", pick(368, 394) / 10, "Cel", 57))
    for h in (60, 36, 12):
        chart.lab("sodium", pick(131, 145), "mmol/L", h)
        chart.lab("potassium", pick(33, 51) / 10, "mmol/L", h)
        chart.lab("haemoglobin", pick(98, 155) / 10, "g/dL", h)
        if chance.random() < 0.5:
            chart.lab("creatinine molar", pick(52, 150), "umol/L", h)
        else:
            chart.lab("creatinine", pick(60, 170) / 100, "mg/dL", h)
        chart.lab("glucose", pick(80, 220), "mg/dL", h)
    return {id(sign) for sign in signs}


# ---- One patient ----------------------------------------------------------------------------------

def values_of(plan, later=False):
    """The declared answers of the patient's levels at the round, or at noon, as one table."""
    out = {}
    for name, level in plan["levels"].items():
        answers = facts.DIMENSIONS[name][level][0]
        if later and (name, level) in facts.LATER:
            answers = dict(zip(answers, facts.LATER[name, level].split()))
        for part, value in answers.items():
            out[f"{name} {part}" if part in ("score", "low", "high") else part] = value
    quiet = facts.DIMENSIONS["medication"][plan["levels"]["medication"]][0]["silent"]
    if quiet == "?" and plan["levels"]["medication"] != "a drug without a name":
        for name in ("rescue", "steroid", "immunosuppressant"):
            assert plan["levels"][name] in ("none", "azathioprine stopped 19 days ago", "tocilizumab 40 days ago"), plan["id"]
    return out


def decided_by(name, level, written):
    """Criterion -> the resource that its evidence must name, of the resources a level wrote."""
    which = facts.POINTS_TO.get((name, level), 0 if len(written) == 1 else None)
    if which is None:
        return {}
    resource = written[which]
    letters = "yn" if name in facts.PROVES_NO else "y"
    return {criterion: f"{resource['resourceType']}/{resource['id']}"
            for part, value in facts.DIMENSIONS[name][level][0].items() if value in letters
            for criterion in facts.STANDS_FOR.get(part, (part,)) if "/" in criterion}


def write_chart(plan, mess):
    chart = Chart(plan["id"], plan["clock"], mess)
    chance = random.Random("ward " + plan["id"])
    chart.add(chart.patient)
    deciding = {}
    for name in sorted(plan["levels"]):
        before = len(chart.resources)
        facts.DIMENSIONS[name][plan["levels"][name]][1](chart)
        deciding.update(decided_by(name, plan["levels"][name], [entry[0] for entry in chart.resources[before:]]))
    for name, yes in plan["recorded"]:
        chart.answer(name, yes, 14.0)
    vitals = everyday(chart, chance)
    if "died later" in plan["extra"]:
        chart.patient["deceasedDateTime"] = chart.time(-4.5)
        chart.mess("death after the round")
    return chart, vitals, deciding


def by_the_records(plan, later=False):
    """What the records answer of every leaf of every trial; silence is unknown."""
    record = trials.leaves(values_of(plan, later))
    for trial, criteria in trials.TRIALS.items():
        for name, _, kind in criteria:
            if kind not in ("all", "any"):
                record.setdefault(f"{trial}/{name}", "?")
    for criterion, yes in plan["recorded"]:
        record[criterion] = "y" if yes else "n"
    return record


def answer_rows(plan, record):
    """The rows of answers.csv of one patient, and what they answer by criterion."""
    rows, given = [], {}
    people = plan["people"] or {}
    for trial, criteria in trials.TRIALS.items():
        for name, where, kind in criteria:
            criterion = f"{trial}/{name}"
            if kind not in ("human", "ask") or record[criterion] != "?":
                continue
            answer = people.get(criterion, people.get(trial + "/*", people.get("*")))
            if answer == "favourable":
                answer = "no" if where == "exclude" or criterion in trials.SECOND_WAYS else "yes"
            if answer is None:
                continue
            hours = 15.5 if name.startswith("I") else 13.25
            when = (ROUND - datetime.timedelta(hours=hours)).isoformat(timespec="seconds")
            who = ROLES.get(criterion, "ward physician" if name.startswith("I") else "study nurse")
            rows.append((plan["id"], criterion, answer, who, when))
            given[criterion] = {"yes": "y", "no": "n", "unknown": "?"}[answer]
    return rows, given


# ---- Files ----------------------------------------------------------------------------------------

def line(resource):
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n"


def absolute(resource):
    """The same resource with absolute references, as a server that was asked for an export writes them."""
    return json.loads(json.dumps(resource).replace('"reference": "Patient/', '"reference": "https://ward.example/fhir/Patient/'))


def bundle_of(plan, chart):
    """A collection Bundle whose references are the entries' urn:uuid; returns it and the patient's id."""
    urls = {}
    for resource, _ in chart.resources:
        key = resource["resourceType"] + "/" + resource["id"]
        urls[key] = "urn:uuid:" + str(uuid.uuid5(BASE, key))
        chart.mess("urn:uuid reference")
    entries = []
    for resource, _ in chart.resources:
        key = resource["resourceType"] + "/" + resource["id"]
        copy = json.loads(json.dumps(resource))
        stack = [copy]
        while stack:
            node = stack.pop()
            for value in (node.values() if isinstance(node, dict) else node):
                if isinstance(value, (dict, list)):
                    stack.append(value)
            if isinstance(node, dict) and node.get("reference") in urls:
                node["reference"] = urls[node["reference"]]
        if plan["bundle"] == "without ids":
            del copy["id"]
        entries.append({"fullUrl": urls[key], "resource": copy})
    patient = f"Patient/{plan['id']}"
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}, (
        urls[patient][9:] if plan["bundle"] == "without ids" else plan["id"])


DAMAGED = [
    '{"resourceType":"Observation","id":"cut-1","status":"final","code":{"coding":[{"system":"http://loinc.org","co\n',
    '{"resourceType":"Observatoin","id":"typo-1","status":"final","subject":{"reference":"Patient/w01"}}\n',
    'Observation;platelets;214;G/L\n',
    '["a list is no resource"]\n',
    '\n',
    '{"id":"no-type-1","status":"final"}\n',
    # A result that belongs to nobody.
    line({"resourceType": "Observation", "id": "nobody-1", "status": "final", "code": concept(
        LOINC, "777-3", "Platelets [#/volume] in Blood by Automated count"), "effectiveDateTime": "2021-02-28T20:00:00+01:00",
        "issued": "2021-02-28T21:00:00+01:00", "valueQuantity": {"value": 8, "unit": "10*9/L", "system": UCUM, "code": "10*9/L"}}),
    '{"resourceType":"Condition","id":"cut-2","subject":{"reference":"Patient/w02"},"code":\n',
]

STEMS = {"Observation": ("Observation-1", "Observation-2")}


def place(chart, plan, vitals, files, number):
    for resource, _ in chart.resources:
        kind = resource["resourceType"]
        stem = kind
        if kind == "Observation":
            stem = "Observation-vitals" if id(resource) in vitals else STEMS[kind][number % 2]
        if "absolute references" in plan["extra"]:
            resource = absolute(resource)
            chart.mess("absolute reference")
        files.setdefault(stem, []).append(line(resource))
        if "duplicates" in plan["extra"] and kind == "Observation" and id(resource) not in vitals:
            other = STEMS[kind][(number + 1) % 2]
            files.setdefault(other, []).append(line(resource))
            chart.mess("duplicate")


def table(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def make():
    """File name -> bytes; the expected rows; the counts of mess."""
    mess, files, histories, transfers = {}, {}, [], []
    answers, expected, statuses, evidence, seen = [], [], [], [], {}
    units = set()
    for number, plan in enumerate(PATIENTS):
        chart, vitals, deciding = write_chart(plan, mess)
        record = by_the_records(plan)
        noon = by_the_records(plan, later=True)
        rows, given = answer_rows(plan, record)
        patient = plan["id"]
        if plan["bundle"]:
            bundle, patient = bundle_of(plan, chart)
            transfers.append(bundle)
        else:
            place(chart, plan, vitals, files, number)
        if plan["bundle"] != "without ids":
            evidence += [(*criterion.split("/"), patient, resource) for criterion, resource in deciding.items()]
        histories += [(stamp, version) for version, stamp in chart.history]
        answers += [(patient, *row[1:]) for row in rows]
        for resource, _ in chart.resources:
            q = resource.get("valueQuantity", {})
            units.add((resource.get("code", {}).get("text"), q.get("unit")))
        for trial, criteria in trials.TRIALS.items():
            whole = lambda table: trials.with_groups(
                trial, {n: table[f"{trial}/{n}"] for n, _, k in criteria if k not in ("all", "any")})
            alone, asked, later = whole(record), whole({**record, **given}), whole(noon)
            for name, _, _ in criteria:
                seen.setdefault(f"{trial}/{name}", set()).update((alone[name], asked[name]))
                expected.append((trial, patient, name, *(trials.WORDS[table[name]] for table in (alone, asked, later))))
            statuses.append((trial, patient, *(trials.status(trial, table) for table in (alone, asked, later))))
    answers += superseded(answers)
    answers.sort(key=lambda row: (row[1].split("/")[0], row[0], row[4]))
    check(seen, statuses, mess, units)
    out = {name + ".ndjson": "".join(lines).encode() for name, lines in files.items() if name != "Observation-vitals"}
    out["Observation-vitals.ndjson.gz"] = gzip.compress("".join(files["Observation-vitals"]).encode(), 9, mtime=0)
    entries = [entry for bundle in transfers for entry in bundle["entry"]]
    out["transfer.json"] = (json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries},
                                       ensure_ascii=False, indent=1) + "\n").encode()
    out["corrections.json"] = (json.dumps(history(histories), ensure_ascii=False, indent=1) + "\n").encode()
    out["damaged.ndjson"] = "".join(DAMAGED).encode()
    out["answers.csv"] = table(("id", "criterion", "answer", "who", "when"), answers).encode()
    out["expected.csv"] = table(("trial", "id", "criterion", *COLUMNS), sorted(expected)).encode()
    out["expected-status.csv"] = table(("trial", "id", *COLUMNS), sorted(statuses)).encode()
    out["expected-evidence.csv"] = table(("trial", "criterion", "id", "resource"), sorted(evidence)).encode()
    return out, mess


def superseded(answers):
    """Older answers that a later one replaced, and answers given after the round, which do not count."""
    out = []
    consents = [row for row in answers if row[1] in ("jakincov/I3a", "elmekaty/I7") and row[2] == "yes"]
    for row in consents[:4]:
        out.append((row[0], row[1], "no", "ward physician", "2021-02-27T11:10:00+01:00"))
    for row in consents[4:7]:
        out.append((row[0], row[1], "no", "investigator", "2021-03-01T09:45:00+01:00"))
    return out


def history(versions):
    entries = []
    for stamp, version in versions:
        entries.append({
            "fullUrl": f"https://ward.example/fhir/{version['resourceType']}/{version['id']}", "resource": version,
            "request": {"method": "PUT", "url": f"{version['resourceType']}/{version['id']}"},
            "response": {"status": "200", "lastModified": stamp}})
    return {"resourceType": "Bundle", "type": "history", "total": len(entries), "entry": entries}


def check(seen, statuses, mess, units):
    wrong = []
    for criterion, values in sorted(seen.items()):
        for letter, word in trials.WORDS.items():
            if letter not in values and (criterion, word) not in trials.NEVER:
                wrong.append(f"{criterion} is never {word}")
            if letter in values and (criterion, word) in trials.NEVER:
                wrong.append(f"{criterion} is {word}, which it should never be")
    for trial in trials.TRIALS:
        alone = {row[2] for row in statuses if row[0] == trial}
        asked = {row[3] for row in statuses if row[0] == trial}
        if not alone & {"eligible", "pending_human"}:
            wrong.append(f"{trial}: nobody is eligible or pending_human by the records")
        for word in ("not_eligible", "undecided"):
            if word not in alone or word not in asked:
                wrong.append(f"{trial}: nobody is {word}")
        if "eligible" not in asked:
            wrong.append(f"{trial}: nobody is eligible with the answers")
    for kind in ("comparator", "correction", "duplicate", "entered in error", "unit missing", "odd offset", "time without an offset",
                 "issued after the round", "encounter ended after the round", "death after the round", "history",
                 "condition resolved after the round", "procedure ended after the round", "medication by reference",
                 "contained resource", "urn:uuid reference", "absolute reference", "value of another type", "kPa and mmHg",
                 "FiO2 as per cent and as a fraction"):
        if mess.get(kind, 0) < RARE_MESS.get(kind, NEEDED_MESS):
            wrong.append(f"mess '{kind}' is there {mess.get(kind, 0)} times only")
    by_code = {}
    for code, unit in units:
        by_code.setdefault(code, set()).add(unit)
    several = [code for code, names in by_code.items() if len(names - {None}) > 1]
    if len(several) < 8:
        wrong.append("few results come in two units")
    if wrong:
        sys.exit("the ward is not what it should be:\n  " + "\n  ".join(wrong))


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "examples" / "ward"
    folder.mkdir(parents=True, exist_ok=True)
    files, _ = make()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    print(f"{len(PATIENTS)} patients, {len(files)} files, {sum(map(len, files.values())) // 1024} kB in {folder}")


if __name__ == "__main__":
    main()
