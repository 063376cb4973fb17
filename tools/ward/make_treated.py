#!/usr/bin/env python3
"""Writes examples/treated: fourteen invented subjects of JAKINCOV on treatment, to see `quell treat` with.

Everything is declared here, and nothing is random. The list is asked for on 10 September 2020 at 07:00 in
Toulon; what is written after it (a result at 09:00) must not count then.

usage: make_treated.py FOLDER
"""
import datetime
import json
import pathlib
import sys

PARIS = datetime.timezone(datetime.timedelta(hours=2))
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
DRUGS = {"anakinra": "72435", "ruxolitinib": "1193326", "clarithromycin": "21212"}
LABS = {"crp": ("1988-5", "C reactive protein", "mg/L"), "ferritin": ("2276-4", "Ferritin", "ng/mL"),
        "platelets": ("777-3", "Platelets", "10*9/L"), "neutrophils": ("751-8", "Neutrophils", "10*9/L"),
        "creatinine": ("2160-0", "Creatinine", "mg/dL"), "weight": ("29463-7", "Body weight", "kg"),
        "rate": ("9279-1", "Respiratory rate", "/min"), "pf": ("50984-4", "Horowitz index", "mm[Hg]")}
ARM = "anakinra-ruxolitinib"


def at(day, clock):
    """A time of September 2020."""
    hour, minute = map(int, clock.split(":"))
    return datetime.datetime(2020, 9, 1, hour, minute, tzinfo=PARIS) + datetime.timedelta(days=day - 1)


class Subject:
    def __init__(self, ward, bed, born, day, clock, arm=ARM, site="toulon-sainte-musse", gender="male"):
        self.id = f"t{len(ward) + 1:02}"
        self.arm, self.site, self.allocated = arm, site, at(day, clock)
        self.lines = [{"resourceType": "Patient", "id": self.id, "gender": gender, "birthDate": born}]
        self.counts = {}
        ward.append(self)
        stay = {"resourceType": "Encounter", "status": "in-progress", "period": {"start": at(day - 2, "15:00").isoformat()},
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}}
        if bed:
            stay["location"] = [{"location": {"display": bed}, "status": "active"}]
        self.add("stay", stay)

    def add(self, kind, resource):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.lines.append({**resource, "id": f"{self.id}-{kind}-{self.counts[kind]}",
                           "subject": {"reference": "Patient/" + self.id}})

    def lab(self, name, day, clock, value, comparator=None):
        self.reading(name, at(day, clock), value, comparator)

    def reading(self, name, moment, value, comparator=None):
        code, display, unit = LABS[name]
        when = moment.isoformat()
        quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
        if comparator:
            quantity["comparator"] = comparator
        self.add(name, {"resourceType": "Observation", "status": "final", "effectiveDateTime": when, "issued": when,
                        "code": {"coding": [{"system": LOINC, "code": code, "display": display}]},
                        "valueQuantity": quantity})

    def labs(self, name, first, values):
        for day, value in enumerate(values, first):
            self.lab(name, day, "06:00", value)

    def procedure(self, code, day, clock):
        self.add("support", {"resourceType": "Procedure", "status": "in-progress",
                             "code": {"coding": [{"system": SNOMED, "code": code}]},
                             "performedPeriod": {"start": at(day, clock).isoformat()}})

    def stage_2b(self, day):
        self.lab("crp", day, "06:00", 212)
        self.lab("rate", day, "06:00", 34)
        self.procedure("371907003", day - 1, "08:00")  # oxygen, no ventilator

    def stage_3(self, day, until=10):
        """Ventilated for two days; ratios below 300, more than 24 hours of them when `day` begins."""
        self.procedure("1258985005", day - 2, "02:00")
        moment = at(day - 2, "03:30")
        ratio = 140
        while moment < at(until, "07:00"):
            self.reading("pf", moment, ratio)
            moment += datetime.timedelta(hours=8)
            ratio += 5
        self.lab("crp", day, "06:00", 240)

    def evolved(self, day, until=10):
        self.stage_3(day, until)
        self.lab("ferritin", day, "06:00", 8200)

    def adverse(self, day, clock, name, grade, serious):
        self.add("event", {
            "resourceType": "AdverseEvent", "actuality": "actual", "date": at(day, clock).isoformat(),
            "recordedDate": (at(day, clock) + datetime.timedelta(hours=1)).isoformat(), "event": {"text": name},
            "seriousness": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness",
                                        "code": "serious" if serious else "non-serious"}]},
            "extension": [{"url": "http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/ae-grade",
                           "valueCodeableConcept": {"coding": [{"code": f"grade-{grade}"}]}}]})

    def order(self, drug, day, clock, mg, hours):
        self.add("order", {"resourceType": "MedicationRequest", "status": "active", "intent": "order",
                           "authoredOn": at(day, clock).isoformat(),
                           "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": DRUGS[drug]}]},
                           "dosageInstruction": [{
                               "timing": {"repeat": {"frequency": 1, "period": hours, "periodUnit": "h"}},
                               "doseAndRate": [{"doseQuantity": {"value": mg, "unit": "mg", "system": UCUM,
                                                                 "code": "mg"}}]}]})

    def given(self, drug, day, clock, mg, status="completed", reason=None):
        dose = {"resourceType": "MedicationAdministration", "status": status,
                "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": DRUGS[drug]}]},
                "effectiveDateTime": at(day, clock).isoformat()}
        if mg:
            dose["dosage"] = {"dose": {"value": mg, "unit": "mg", "system": UCUM, "code": "mg"}}
        if reason:
            dose["statusReason"] = [{"text": reason}]
        self.add("dose", dose)

    def daily(self, drug, days, clock, mg):
        for day in days:
            self.given(drug, day, clock, mg)


def make():
    ward = []

    s = Subject(ward, "ICU 1", "1951-04-02", 6, "10:00", arm="soc")
    s.stage_2b(6)

    s = Subject(ward, "Medicine 12", "1962-11-20", 8, "10:00")  # the third day of five, all as it should be
    s.stage_2b(8)
    s.labs("crp", 9, [150, 118])
    s.order("anakinra", 8, "10:30", 300, 24)
    s.daily("anakinra", (8, 9), "11:00", 300)

    s = Subject(ward, "Medicine 14", "1958-01-09", 5, "10:00", gender="female")  # the taper begins: not stated
    s.stage_2b(5)
    s.order("anakinra", 5, "10:30", 300, 24)
    s.daily("anakinra", (5, 6, 7, 8, 9), "11:00", 300)

    s = Subject(ward, "ICU 3", "1949-07-30", 6, "12:00")  # evolved 3: both drugs; one missed, one refused; a macrolide
    s.evolved(6)
    s.labs("ferritin", 7, [7100, 5200, 3900, 3100])
    s.labs("crp", 7, [201, 140, 92, 60])
    s.labs("platelets", 5, [182, 170, 141, 120, 98, 84])
    s.labs("creatinine", 6, [0.9, 0.9, 1.0, 1.1, 1.1])
    s.lab("weight", 6, "08:00", 82)
    s.order("anakinra", 6, "12:30", 300, 24)
    s.order("ruxolitinib", 6, "12:30", 5, 12)
    s.order("clarithromycin", 9, "09:00", 500, 12)
    s.daily("anakinra", (6, 7, 9), "13:00", 300)
    s.given("anakinra", 8, "13:00", None, "not-done", "no line")
    s.daily("ruxolitinib", (6, 7, 8), "13:00", 5)
    s.daily("ruxolitinib", (7, 8, 9), "01:00", 5)
    s.given("ruxolitinib", 9, "17:30", 5)
    s.given("ruxolitinib", 10, "01:10", 5)

    s = Subject(ward, "ICU 4", "1966-03-12", 7, "09:00")  # 2b on the seventh, evolved 3 since the ninth
    s.stage_2b(7)
    s.order("anakinra", 7, "09:30", 300, 24)
    s.order("ruxolitinib", 9, "13:00", 5, 12)
    s.daily("anakinra", (7, 8, 9), "10:00", 300)
    s.evolved(9)
    s.given("ruxolitinib", 9, "14:00", 5)
    s.given("ruxolitinib", 10, "02:00", 5)

    s = Subject(ward, "ICU 6", "1944-12-01", 4, "09:00", gender="female")  # kidneys and platelets fail
    s.evolved(4)
    s.adverse(8, "09:00", "Platelet count decreased", 4, True)
    s.labs("platelets", 4, [96, 61, 40, 22, 18, 14, 12])
    s.labs("creatinine", 4, [1.4, 1.9, 2.4, 2.9, 3.3, 3.4, 3.6])
    s.labs("neutrophils", 8, [3.1, 2.4, 1.9])
    s.lab("weight", 4, "08:00", 61)
    s.order("anakinra", 4, "09:30", 300, 24)
    s.order("ruxolitinib", 4, "09:30", 5, 12)
    s.daily("anakinra", range(4, 10), "10:00", 300)
    s.daily("ruxolitinib", range(4, 10), "10:00", 5)
    s.daily("ruxolitinib", range(4, 10), "22:00", 5)

    s = Subject(ward, None, "1970-05-05", 9, "17:00")  # nobody measured a CRP: whether a course begins is open
    s.lab("rate", 9, "18:00", 34)
    s.procedure("371907003", 8, "08:00")

    s = Subject(ward, "Medicine 20", "1955-02-17", 9, "18:00")  # the first dose is due, and nobody ordered it
    s.stage_2b(9)

    s = Subject(ward, "Medicine 2", "1960-10-10", 9, "09:00", site="toulon-sainte-anne")  # the order is for 100 mg
    s.stage_2b(9)
    s.order("anakinra", 9, "09:20", 100, 24)
    s.given("anakinra", 9, "10:00", 100)

    s = Subject(ward, "Medicine 5", "1948-08-08", -9, "09:00", site="toulon-sainte-anne", gender="female")
    s.evolved(-9, until=-2)  # the fourteen days of anakinra are over; ruxolitinib goes on
    s.order("ruxolitinib", -9, "09:30", 5, 12)
    s.daily("anakinra", range(-9, 5), "10:00", 300)
    s.daily("ruxolitinib", range(-9, 10), "10:00", 5)
    s.daily("ruxolitinib", range(-9, 10), "22:00", 5)

    s = Subject(ward, None, "1953-06-21", -25, "09:00", site="toulon-sainte-anne")  # both courses are over
    s.evolved(-25, until=-20)
    s.daily("anakinra", range(-25, -11), "10:00", 300)
    s.daily("ruxolitinib", range(-25, 3), "10:00", 5)
    s.daily("ruxolitinib", range(-25, 3), "22:00", 5)

    s = Subject(ward, "Medicine 7", "1967-09-13", 9, "09:00", site="marseille-conception")  # at no stage yet
    s.lab("crp", 9, "06:00", 40)
    s.lab("rate", 9, "12:00", 22)
    s.procedure("371907003", 8, "08:00")

    s = Subject(ward, "Medicine 8", "1959-03-03", 10, "09:30", site="marseille-conception")  # allocated after the round
    s.stage_2b(10)
    s.lab("crp", 10, "09:00", 260)

    s = Subject(ward, "ICU 2", "1964-12-24", 8, "21:00", site="marseille-conception")  # an evening start
    s.stage_3(8)
    s.order("anakinra", 8, "21:00", 300, 24)
    s.given("anakinra", 8, "21:30", 300)
    s.given("anakinra", 9, "23:00", 200)
    return ward


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    ward = make()
    with open(folder / "records.ndjson", "w", encoding="utf-8") as out:
        for subject in ward:
            for line in subject.lines:
                out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    with open(folder / "arms.csv", "w", encoding="utf-8") as out:
        out.write("id,arm,allocated_at,site\n")
        for subject in ward:
            out.write(f"{subject.id},{subject.arm},{subject.allocated.isoformat()},{subject.site}\n")


main()
