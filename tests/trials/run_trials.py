#!/usr/bin/env python3
"""Cases of the trials' logic: a few records of one patient, and what a definition must say of them.

Each case is one patient, written from what a clinician would say of the records, never from what the
program answered. All cases of a trial go through one run of `quell eval` as of NOW.

usage: run_trials.py QUELL             run them
       run_trials.py --write FOLDER    write the records and expected values, for another CQL engine
"""
import json
import pathlib
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOW = datetime(2021, 1, 10, 12, tzinfo=timezone.utc)
RANDOMISED = "@2021-01-03T12:00:00.000+00:00"

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem/"

CASES = {}   # trial to list of (title, records, expected)


def ago(hours):
    return (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def concept(system, code):
    return {"coding": [{"system": system, "code": code}]}


def amount(text):
    """'>150 mg/L', '0.3 mg/L', '50' (no unit)"""
    comparator = text[: len(text) - len(text.lstrip("<>="))]
    number, _, unit = text[len(comparator):].partition(" ")
    q = {"value": json.loads(number)}
    if comparator:
        q["comparator"] = comparator
    if unit:
        q.update(unit=unit, system=UCUM, code=unit)
    return q


def obs(code, value, hours, high=None, system=LOINC, **more):
    r = {"resourceType": "Observation", "status": "final", "code": concept(system, code),
         "effectiveDateTime": ago(hours), "issued": ago(hours)}
    if isinstance(value, str):
        r["valueQuantity"] = amount(value)
    elif isinstance(value, int):
        r["valueInteger"] = value
    elif isinstance(value, dict):
        r["valueCodeableConcept"] = value
    if high:
        r["referenceRange"] = [{"high": amount(high)}]
    return {**r, **more}


POSITIVE = concept(SNOMED, "260373001")
NEGATIVE = concept(SNOMED, "260415000")


def answer(criterion, yes):
    r = obs(criterion, None, 5, system="urn:quell:criterion")
    return {**r, "valueBoolean": yes}


def stay(start, end=None, status=None):
    r = {"resourceType": "Encounter", "status": status or ("finished" if end is not None else "in-progress"),
         "class": {"system": HL7 + "v3-ActCode", "code": "IMP"}, "period": {"start": ago(start)}}
    if end is not None:
        r["period"]["end"] = ago(end)
    return r


def procedure(code, start, end=None):
    r = {"resourceType": "Procedure", "status": "in-progress" if end is None else "completed",
         "code": concept(SNOMED, code), "performedPeriod": {"start": ago(start)}}
    if end is not None:
        r["performedPeriod"]["end"] = ago(end)
    return r


def order(code, hours, status="active", **more):
    return {"resourceType": "MedicationRequest", "status": status, "intent": "order",
            "medicationCodeableConcept": concept(RXNORM, code), "authoredOn": ago(hours), **more}


def given(code, hours, dosage=None, **more):
    r = {"resourceType": "MedicationAdministration", "status": "in-progress",
         "medicationCodeableConcept": concept(RXNORM, code), "effectivePeriod": {"start": ago(hours)}}
    if dosage:
        r["dosage"] = dosage
    return {**r, **more}


def condition(code, clinical="active", verification="confirmed", system=SNOMED, **more):
    r = {"resourceType": "Condition", "clinicalStatus": concept(HL7 + "condition-clinical", clinical),
         "verificationStatus": concept(HL7 + "condition-ver-status", verification),
         "code": concept(system, code), "onsetDateTime": ago(200)}
    if verification == "entered-in-error":
        del r["clinicalStatus"]
    return {**r, **more}


def gases(ratios, hours, fio2="0.5 1"):
    """PaO2 for each ratio at FiO2 0.5, and the FiO2 half an hour before each."""
    out = []
    for ratio, h in zip(ratios, hours):
        out += [obs("2703-7", f"{ratio / 2} mm[Hg]", h), obs("3150-0", fio2, h + 0.5)]
    return out


def patient(gender="male", born="1960-01-01", **more):
    return {"resourceType": "Patient", "gender": gender, "birthDate": born, **more}



def says(trial, title, define, value, *records):
    CASES.setdefault(trial, []).append((title, list(records), {define: value}))


SCREENS = {}  # trial to list of (title, records, status, failed criteria)


def screens(trial, title, status, failed, *records):
    SCREENS.setdefault(trial, []).append((title, list(records), status, failed))


CRP, FERRITIN, PLATELETS, NEUTROPHILS = "1988-5", "2276-4", "777-3", "751-8"
VENTILATED = procedure("1258985005", 40)
EVERY_6_H = [1, 7, 13, 19, 25, 31]

# ---- Labs, seen through JAKINCOV's limits ---------------------------------------------------------
says("jakincov", "a value above the limit", "CRP above 150", True, obs(CRP, "151 mg/L", 5))
says("jakincov", "the limit itself is not above it", "CRP above 150", False, obs(CRP, "150 mg/L", 5))
says("jakincov", "another unit of the same thing", "CRP above 150", True, obs(CRP, "18.5 mg/dL", 5))
says("jakincov", "more than the limit, by a comparator", "CRP above 150", True, obs(CRP, ">150 mg/L", 5))
says("jakincov", "at least the limit leaves it open", "CRP above 150", None, obs(CRP, ">=150 mg/L", 5))
says("jakincov", "below the detection limit", "CRP above 150", False, obs(CRP, "<0.3 mg/L", 5))
says("jakincov", "below a number above the limit", "CRP above 150", None, obs(CRP, "<200 mg/L", 5))
says("jakincov", "nothing measured", "CRP above 150", None)
says("jakincov", "too old", "CRP above 150", None, obs(CRP, "200 mg/L", 49))
says("jakincov", "the most recent counts", "CRP above 150", False, obs(CRP, "200 mg/L", 20), obs(CRP, "20 mg/L", 5))
says("jakincov", "a high-sensitivity method counts too", "CRP above 150", True, obs("30522-7", "160 mg/L", 5))
says("jakincov", "a result entered in error never was", "CRP above 150", False,
     obs(CRP, "20 mg/L", 20), obs(CRP, "200 mg/L", 5, status="entered-in-error"))
says("jakincov", "a preliminary result is none yet", "CRP above 150", None,
     obs(CRP, "200 mg/L", 5, status="preliminary"))
says("jakincov", "a correction beside its original", "CRP above 150", True,
     obs(CRP, "180 mg/L", 5, status="corrected"), obs(CRP, "18 mg/L", 5))
says("jakincov", "of two results for one sample the one issued last", "CRP above 150", True,
     obs(CRP, "180 mg/L", 5, issued=ago(2)), obs(CRP, "18 mg/L", 5, issued=ago(4)))
says("jakincov", "a result without a unit cannot be read, and an older one does not replace it",
     "CRP above 150", None, obs(CRP, "200 mg/L", 20), obs(CRP, "20", 5))
says("jakincov", "counts in three units: 10*3/uL", "Neutrophils below 1.5", True, obs(NEUTROPHILS, "1.2 10*3/uL", 5))
says("jakincov", "counts in three units: /uL", "Neutrophils below 1.5", False, obs(NEUTROPHILS, "1500 /uL", 5))
says("jakincov", "counts in three units: /mm3", "Platelets below 50,000", True, obs(PLATELETS, "49999 /mm3", 5))
says("jakincov", "a period is dated by its end", "CRP above 150", True,
     {**{k: v for k, v in obs(CRP, "200 mg/L", 5).items() if k != "effectiveDateTime"},
      "effectivePeriod": {"start": ago(60), "end": ago(40)}})

# ---- Times normal ---------------------------------------------------------------------------------
says("jakincov", "6 times the limit on the result", "AST or ALT above 5 times normal", True,
     obs("1742-6", "300 U/L", 5, high="50 U/L"))
says("jakincov", "exactly 5 times", "AST or ALT above 5 times normal", False,
     obs("1742-6", "250 U/L", 5, high="50 U/L"), obs("1920-8", "30 U/L", 5, high="40 U/L"))
says("jakincov", "no limit anywhere", "AST or ALT above 5 times normal", None,
     obs("1742-6", "300 U/L", 5), obs("1920-8", "30 U/L", 5, high="40 U/L"))
says("jakincov", "one enzyme missing leaves it open", "AST or ALT above 5 times normal", None,
     obs("1742-6", "30 U/L", 5, high="50 U/L"))
says("jakincov", "a treatment range is not normal", "AST or ALT above 5 times normal", None,
     obs("1742-6", "300 U/L", 5, referenceRange=[{"type": concept(HL7 + "referencerange-meaning", "treatment"),
                                                  "high": amount("50 U/L")}]))

# ---- PCR and specimens ----------------------------------------------------------------------------
SWAB = {"resourceType": "Specimen", "id": "swab", "type": concept(SNOMED, "258500001")}
BLOOD = {"resourceType": "Specimen", "id": "blood", "type": concept(SNOMED, "119297000")}
says("jakincov", "nasopharynx by its code", "SARS-CoV-2 confirmed", True, obs("94759-8", POSITIVE, 50))
says("jakincov", "respiratory specimen counts", "SARS-CoV-2 confirmed", True, obs("94500-6", POSITIVE, 50))
says("jakincov", "any specimen, unnamed", "SARS-CoV-2 confirmed", None, obs("94309-2", POSITIVE, 50))
says("jakincov", "any specimen, a swab", "SARS-CoV-2 confirmed", True, SWAB,
     obs("94309-2", POSITIVE, 50, specimen={"reference": "Specimen/swab"}))
says("jakincov", "any specimen, blood", "SARS-CoV-2 confirmed", None, BLOOD,
     obs("94309-2", POSITIVE, 50, specimen={"reference": "Specimen/blood"}))
says("jakincov", "negative", "SARS-CoV-2 confirmed", False, obs("94500-6", NEGATIVE, 50))
says("jakincov", "positive once is enough", "SARS-CoV-2 confirmed", True,
     obs("94500-6", POSITIVE, 400), obs("94500-6", NEGATIVE, 50))
says("jakincov", "inconclusive", "SARS-CoV-2 confirmed", None, obs("94500-6", concept(SNOMED, "419984006"), 50))

# ---- Stage 2b -------------------------------------------------------------------------------------
RATE = obs("9279-1", "34 /min", 3)
says("jakincov", "rate and CRP", "Stage 2b", True, RATE, obs(CRP, "185 mg/L", 5))
says("jakincov", "rate without CRP", "Stage 2b", None, RATE)
says("jakincov", "saturation without a word on oxygen", "Saturation below 90 on room air", None,
     obs("59408-5", "86 %", 3))
says("jakincov", "saturation with FiO2 21", "Saturation below 90 on room air", True,
     obs("59408-5", "86 %", 3), obs("3150-0", "21", 3.2))
says("jakincov", "saturation with FiO2 0.21", "Saturation below 90 on room air", True,
     obs("2708-6", "86 %", 3), obs("3150-0", "0.21 1", 3.2))
says("jakincov", "saturation under oxygen", "Saturation below 90 on room air", None,
     obs("59408-5", "86 %", 3), obs("3150-0", "40 %", 3.2))
says("jakincov", "the finding of room air", "Saturation below 90 on room air", False,
     obs("59408-5", "90 %", 3), obs("722742002", None, 3, system=SNOMED))
says("jakincov", "flow of zero within the measurement", "Saturation below 90 on room air", True,
     obs("59408-5", "88 %", 3, component=[{"code": concept(LOINC, "3151-8"), "valueQuantity": amount("0 L/min")}]))

# ---- Stage 3 and evolved stage 3 ------------------------------------------------------------------
LOW = [160] * 6
says("jakincov", "30 hours below 300", "Stage 3", True, VENTILATED, *gases(LOW, EVERY_6_H))
says("jakincov", "FiO2 in percent", "Stage 3", True, VENTILATED, *gases(LOW, EVERY_6_H, "50 %"))
says("jakincov", "FiO2 of 50 without a unit", "Stage 3", True, VENTILATED, *gases(LOW, EVERY_6_H, "50"))
says("jakincov", "one reading never passes", "Stage 3", None, VENTILATED, *gases([160], [2]))
says("jakincov", "310 thirteen hours ago", "Stage 3", False, VENTILATED,
     *gases([160, 160, 310, 160, 160, 160], EVERY_6_H))
says("jakincov", "exactly 300 is not below", "Stage 3", False, VENTILATED,
     *gases([160, 160, 300, 160, 160, 160], EVERY_6_H))
says("jakincov", "a gap of 18 hours", "Stage 3", None, VENTILATED, *gases([160] * 3, [1, 19, 31]))
says("jakincov", "exactly 24 hours is not more than 24", "Stage 3", None, VENTILATED,
     *gases([160] * 5, [1, 7, 13, 19, 25]))
says("jakincov", "ventilated for 10 hours", "Stage 3", False, procedure("1258985005", 10), *gases(LOW, EVERY_6_H))
says("jakincov", "extubated", "Stage 3", False, procedure("1258985005", 60, 5), *gases(LOW, EVERY_6_H))
says("jakincov", "two records of one ventilation", "Stage 3", True,
     procedure("1258985005", 60, 20), procedure("1258985005", 20), *gases(LOW, EVERY_6_H))
says("jakincov", "ventilation never mentioned", "Stage 3", None, *gases(LOW, EVERY_6_H))
says("jakincov", "oxygen by prongs shows no tube", "Stage 3", False, procedure("371907003", 30))
says("jakincov", "PaO2 in kPa: 10.6 at 0.5 is 159 mmHg", "PaO2/FiO2 below 300 for more than 24 hours", True,
     VENTILATED, *[r for h in EVERY_6_H for r in (obs("2703-7", "10.6 kPa", h), obs("3150-0", "50 %", h))])
says("jakincov", "the ratio as the laboratory gives it", "Stage 3", True, VENTILATED,
     *[obs("50984-4", "180 mm[Hg]", h) for h in EVERY_6_H])
ARDS = [VENTILATED, *gases(LOW, EVERY_6_H)]
says("jakincov", "ferritin above 5000", "Stage", "evolved 3", *ARDS, obs(FERRITIN, "5001 ug/L", 5))
says("jakincov", "noradrenaline 3.1 mg/h", "Stage", "evolved 3", *ARDS,
     given("7512", 3, {"rateQuantity": amount("3.1 mg/h")}))
says("jakincov", "noradrenaline 3 mg/h is not above", "Shock with noradrenaline above 3 mg/h", False,
     given("7512", 3, {"rateQuantity": amount("3 mg/h")}))
says("jakincov", "noradrenaline as a ratio", "Shock with noradrenaline above 3 mg/h", True,
     given("7512", 30, {"rateRatio": {"numerator": amount("8 mg"), "denominator": amount("2 h")}}))
says("jakincov", "noradrenaline by weight: 0.9 ug/kg/min at 80 kg is 4.3 mg/h",
     "Shock with noradrenaline above 3 mg/h", True,
     obs("29463-7", "80 kg", 50), given("7512", 3, {"rateQuantity": amount("0.9 ug/kg/min")}))
says("jakincov", "noradrenaline without a rate", "Shock with noradrenaline above 3 mg/h", None, given("7512", 3))
says("jakincov", "a medication list without it", "Shock with noradrenaline above 3 mg/h", False, order("3264", 20))
says("jakincov", "dialysis under way", "Kidney failure, oligo-anuric or dialysed", True, procedure("302497006", 5))
says("jakincov", "kidney injury with little urine", "Kidney failure, oligo-anuric or dialysed", True,
     condition("14669001"), obs("9192-6", "400 mL/(24.h)", 5))
says("jakincov", "myocarditis with cardiogenic shock", "Myocarditis with heart failure or shock", True,
     condition("50920009"), condition("89138009"))
says("jakincov", "ARDS and nothing known beside", "Stage", None, *ARDS)
says("jakincov", "ARDS and all six answered no", "Stage", "3", *ARDS, obs(FERRITIN, "900 ug/L", 5),
     given("7512", 3, {"rateQuantity": amount("1 mg/h")}), procedure("302497006", 90, 80),
     condition("14669001", "resolved"), obs("3193-0", "80 %", 5), condition("50920009", verification="refuted"),
     condition("D76.2", verification="refuted", system="http://hl7.org/fhir/sid/icd-10"))
says("jakincov", "neither 2b nor 3", "Stage", "none", procedure("371907003", 30), obs(CRP, "20 mg/L", 5))

# ---- Exclusions -----------------------------------------------------------------------------------
WOMAN = patient("female", "1990-01-01")
says("jakincov", "no test, no entry", "Pregnant or breast-feeding", None, WOMAN)
says("jakincov", "a negative test", "Pregnant or breast-feeding", False, WOMAN, obs("2106-3", NEGATIVE, 20))
says("jakincov", "an old negative test", "Pregnant or breast-feeding", None, WOMAN, obs("2106-3", NEGATIVE, 20 * 24))
says("jakincov", "pregnancy on the problem list", "Pregnant or breast-feeding", True, WOMAN, condition("77386006"))
says("jakincov", "breast-feeding", "Pregnant or breast-feeding", True, WOMAN, condition("413712001"))
says("jakincov", "asked of a woman of 31", "Woman who may be pregnant", True, WOMAN)
says("jakincov", "not asked of a man", "Woman who may be pregnant", False, patient())
says("jakincov", "not asked at 70", "Woman who may be pregnant", False, patient("female", "1950-01-01"))
says("jakincov", "tacrolimus", "On immunosuppressants", True, order("42316", 500))
says("jakincov", "tacrolimus of last year", "On immunosuppressants", False,
     order("42316", 9000, "completed"), order("3264", 20))
says("jakincov", "dexamethasone for COVID-19 does not count", "On immunosuppressants", False, order("3264", 20))
says("jakincov", "no medication list", "On immunosuppressants", None)
says("jakincov", "a drug that has only a name", "On immunosuppressants", None,
     order("3264", 20), {**order("3264", 20), "medicationCodeableConcept": {"text": "blue pills"}})
says("jakincov", "a proposal is no order", "On immunosuppressants", False, {**order("42316", 20), "intent": "proposal"},
     order("3264", 20))
says("jakincov", "prednisone 20 mg for 60 days", "Chronic oral corticosteroids above 10 mg", True,
     order("8640", 1440, dosageInstruction=[{"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                                             "doseAndRate": [{"doseQuantity": amount("20 mg")}]}]))
says("jakincov", "methylprednisolone 8 mg is exactly 10 mg", "Chronic oral corticosteroids above 10 mg", False,
     order("6902", 1440, dosageInstruction=[{"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                                             "doseAndRate": [{"doseQuantity": amount("4 mg")}]}]))
says("jakincov", "a chronic steroid without a dose", "Chronic oral corticosteroids above 10 mg", None,
     order("8640", 1440))
says("jakincov", "since three days is not chronic", "Chronic oral corticosteroids above 10 mg", False,
     order("8640", 72))
says("jakincov", "a transplanted kidney", "Transplanted", True, procedure("70536003", 90000, 89990))
# The registry excludes "active, suspected or known" infections, so a suspected one is enough; and one that is
# over or refuted says nothing of all the others, so a person is asked.
says("jakincov", "a suspected infection excludes", "Uncontrolled other infection", True,
     condition("10001005", verification="provisional"))
says("jakincov", "a refuted infection is one among many", "Uncontrolled other infection", None,
     condition("10001005", verification="refuted"))
says("jakincov", "an infection entered in error never was", "Uncontrolled other infection", None,
     condition("10001005", verification="entered-in-error"))
says("jakincov", "an infection that is over is one among many", "Uncontrolled other infection", None,
     condition("10001005", "resolved", abatementDateTime=ago(30)))
says("jakincov", "a person's answer wins over the record", "Uncontrolled other infection", False,
     condition("10001005"), answer("jakincov/E9", False))
says("jakincov", "French among the languages", "Not enough French", False,
     patient(communication=[{"language": concept("urn:ietf:bcp:47", "fr-FR")}]))
says("jakincov", "yellow fever vaccine ten days ago", "Live vaccine in the past month", True,
     {"resourceType": "Immunization", "status": "completed",
      "vaccineCode": concept("http://hl7.org/fhir/sid/cvx", "37"), "occurrenceDateTime": ago(240)})

# ---- The day-7 composite --------------------------------------------------------------------------
BASE = 7 * 24 + 2
says("jakincov", "three met, CRP among them, three unknown", "Biological response", True,
     obs(CRP, "200 mg/L", BASE), obs(CRP, "9.9 mg/dL", 1), obs("731-0", "1.2 10*9/L", 1), obs("711-2", "60 /uL", 1))
says("jakincov", "a fall of exactly half is not more than half", "CRP fell by more than half", False,
     obs(CRP, "200 mg/L", BASE), obs(CRP, "100 mg/L", 1))
says("jakincov", "a fall of exactly a third", "Ferritin fell by more than a third", False,
     obs(FERRITIN, "900 ng/mL", BASE), obs(FERRITIN, "600 ng/mL", 1))
says("jakincov", "three met, CRP and ferritin both failed", "Biological response", False,
     obs(CRP, "200 mg/L", BASE), obs(CRP, "100 mg/L", 1), obs(FERRITIN, "900 ng/mL", BASE),
     obs(FERRITIN, "600 ng/mL", 1), obs("731-0", "1.2 10*9/L", 1), obs("711-2", "60 /uL", 1),
     obs("2160-0", "2 mg/dL", BASE), obs("2160-0", "1 mg/dL", 1))
says("jakincov", "two met, CRP and ferritin unknown", "Biological response", None,
     obs("731-0", "1.2 10*9/L", 1), obs("711-2", "60 /uL", 1))
says("jakincov", "dialysis lowers creatinine by itself", "Creatinine fell by more than a third", False,
     obs("2160-0", "2 mg/dL", BASE), obs("2160-0", "1 mg/dL", 1), procedure("302497006", 50, 40))
says("jakincov", "fallen below the detection limit", "CRP fell by more than half", True,
     obs(CRP, "200 mg/L", BASE), obs(CRP, "<3 mg/L", 1))
says("jakincov", "both enzymes must fall", "Transaminases fell by more than half", None,
     obs("1920-8", "90 U/L", BASE), obs("1920-8", "30 U/L", 1))

# ---- Elmekaty -------------------------------------------------------------------------------------
says("elmekaty", "in hospital", "Hospitalised", True, stay(60))
says("elmekaty", "discharged", "Hospitalised", False, stay(60, 5))
says("elmekaty", "a cancelled stay never was", "Hospitalised", None, stay(60, status="cancelled"))
says("elmekaty", "no encounter at all", "Hospitalised", None)
says("elmekaty", "eighteen today", "Adult", True, patient(born="2003-01-10"))
says("elmekaty", "eighteen tomorrow", "Adult", False, patient(born="2003-01-11"))
says("elmekaty", "499 neutrophils", "Neutrophils below 500", True, obs(NEUTROPHILS, "0.499 10*9/L", 5))
says("elmekaty", "500 neutrophils", "Neutrophils below 500", False, obs(NEUTROPHILS, "0.5 10*9/L", 5))
says("elmekaty", "no limits are invented for cytokine release", "Signs of cytokine release syndrome", None,
     obs(CRP, "300 mg/L", 5), obs(FERRITIN, "9000 ng/mL", 5))
says("elmekaty", "a person saw signs", "Signs of cytokine release syndrome", True, answer("elmekaty/I5", True))
says("elmekaty", "tocilizumab three weeks ago", "Immunosuppressant in the past 30 days", True,
     order("612865", 500, "completed"))
says("elmekaty", "an allergy to anakinra", "Allergic to anakinra", True,
     {"resourceType": "AllergyIntolerance", "clinicalStatus": concept(HL7 + "allergyintolerance-clinical", "active"),
      "code": concept(RXNORM, "72435")})
says("elmekaty", "a refuted allergy", "Allergic to anakinra", False,
     {"resourceType": "AllergyIntolerance",
      "verificationStatus": concept(HL7 + "allergyintolerance-verification", "refuted"),
      "code": concept(RXNORM, "72435")})
says("elmekaty", "discharged alive", "Treatment success", True, stay(200, 50))
says("elmekaty", "still in hospital", "Treatment success", False, stay(200))
says("elmekaty", "died after discharge", "Treatment success", False, stay(200, 50), patient(deceasedDateTime=ago(5)))
says("elmekaty", "admitted again", "Treatment success", False, stay(200, 50), stay(10))
says("elmekaty", "ventilated, ratio 180, dialysis", "WHO scale, lowest", 8, stay(200), VENTILATED,
     procedure("302497006", 5), *gases([180], [2]))
says("elmekaty", "ventilated, ratio 120 and noradrenaline", "WHO scale, lowest", 9, stay(200), VENTILATED,
     given("7512", 3), *gases([120], [2]))
says("elmekaty", "in hospital, nothing said of oxygen", "WHO scale, highest", 9, stay(200))
says("elmekaty", "high flow", "WHO scale, highest", 6, stay(200), procedure("426854004", 5))

# ---- La Rosée -------------------------------------------------------------------------------------
HIGH_CIS = [obs(CRP, "200 mg/L", 3, "5 mg/L"), obs(FERRITIN, "2000 ng/mL", 3, "300 ng/mL"),
            obs("2571-8", "300 mg/dL", 3, "150 mg/dL"), obs("26881-3", "100 pg/mL", 3, "7 pg/mL"),
            obs("3255-7", "600 mg/dL", 3, "400 mg/dL"), obs("731-0", "0.6 10*9/L", 3),
            obs("48065-7", "3 ug/mL", 3, "500 ng/mL"), obs("8310-5", "38.6 Cel", 2)]
says("larosee", "12 points for sure", "CIS of 10 or more", True, *HIGH_CIS)
says("larosee", "12 points for sure: the lowest score", "Lowest CIS", 12, *HIGH_CIS)
says("larosee", "imaging and leukocytes unknown: the highest score", "Highest CIS", 16, *HIGH_CIS)
says("larosee", "nothing measured", "CIS of 10 or more", None)
says("larosee", "9 points at most", "CIS of 10 or more", False, obs(CRP, "20 mg/L", 3, "5 mg/L"),
     obs(FERRITIN, "200 ng/mL", 3, "300 ng/mL"), obs("731-0", "1.6 10*9/L", 3), obs("8310-5", "98.6 [degF]", 2))

# ---- RuxCoFlam ------------------------------------------------------------------------------------
says("ruxcoflam", "12 points for sure", "CIS of 10 or more", True, *HIGH_CIS)
says("ruxcoflam", "37.3 is not above 37.3", "Temperature above 37.3", False, obs("8310-5", "37.3 Cel", 2))
says("ruxcoflam", "99.5 degrees Fahrenheit are 37.5", "Temperature above 37.3", True, obs("8310-5", "99.5 [degF]", 2))
says("ruxcoflam", "a temperature of yesterday", "Temperature above 37.3", None, obs("8310-5", "39 Cel", 25))
says("ruxcoflam", "92 % with or without oxygen", "Saturation below 93", True, obs("59408-5", "92 %", 3))
says("ruxcoflam", "93 % is not below", "Saturation below 93", False, obs("59408-5", "93 %", 3))
says("ruxcoflam", "an old hepatitis B is a known one", "Known hepatitis B or C or HIV", True, condition("66071002", "resolved"))
says("ruxcoflam", "tuberculosis that is over", "Active tuberculosis", False, condition("56717001", "resolved", abatementDateTime=ago(100)))
says("ruxcoflam", "anakinra a week ago", "On cytokine-directed agents", True, given("72435", 170, status="completed"))
says("ruxcoflam", "tocilizumab is a person's to answer", "On cytokine-directed agents", True, answer("ruxcoflam/E7", True))
says("ruxcoflam", "nothing is known of other drugs", "On cytokine-directed agents", None)

SUITABLE = HIGH_CIS + [obs("59408-5", "91 %", 3)] + [
    answer(f"ruxcoflam/{item}", yes) for item, yes in
    [("I1", True), ("I3", True), ("I6", True), ("I8", True), ("E2", False), ("E5", False), ("E6", False), ("E7", False),
     ("E8", False)]]
screens("ruxcoflam", "all criteria answered", "eligible", [], *SUITABLE)
screens("ruxcoflam", "clinical sepsis", "not_eligible", ["I8"], *SUITABLE, obs("ruxcoflam/I8", None, 1, system="urn:quell:criterion",
                                                                              valueBoolean=False))
screens("ruxcoflam", "HIV", "not_eligible", ["E4"], *SUITABLE, condition("86406008"))
screens("ruxcoflam", "the score alone is high: what is open, people can answer", "pending_human", [], *HIGH_CIS)
screens("ruxcoflam", "nothing is known of the score", "undecided", [], *SUITABLE[len(HIGH_CIS):])

# ---- Kaplanski ------------------------------------------------------------------------------------
says("kaplanski", "eighteen is not older than eighteen", "Older than 18", False, patient(born="2003-01-10"))
says("kaplanski", "nineteen", "Older than 18", True, patient(born="2002-01-10"))
says("kaplanski", "ratio 117 under ECMO, oxygenator not recorded", "PaO2/FiO2 at most 150 under ECMO", None,
     procedure("786453001", 50), *gases([117], [2]))
says("kaplanski", "ratio 117 under ECMO, oxygenator at 100", "PaO2/FiO2 at most 150 under ECMO", True,
     procedure("786453001", 50), *gases([117], [2]), obs("ecmo-oxygenator-fio2", "100 %", 3, system="urn:quell:code"))
says("kaplanski", "the oxygenator's FiO2 is never the ventilator's", "PaO2/FiO2 below 100", None,
     obs("2703-7", "70 mm[Hg]", 2), obs("ecmo-oxygenator-fio2", "100 %", 2, system="urn:quell:code"))
says("kaplanski", "compliance 30 counts", "Compliance at most 30", True,
     obs("respiratory-system-compliance", "30 mL/cm[H2O]", 2, system="urn:quell:code"))
says("kaplanski", "both CRP and ferritin", "Biological inflammatory syndrome", False,
     obs(CRP, "260 mg/L", 5), obs(FERRITIN, "1000 ug/L", 5))
says("kaplanski", "prone in this stay", "Prone positioning done", True, stay(300), procedure("431182000", 100, 84))
says("kaplanski", "cisatracurium running", "Neuromuscular blocking agents", True, given("319864", 30))
says("kaplanski", "a full SOFA: 3 + 1 + 2 + 1 + 2 + 2", "SOFA score", 11, stay(300), VENTILATED, *gases([117], [2]),
     obs(PLATELETS, "120 10*9/L", 4), obs("14631-6", "40 umol/L", 4), obs("8478-0", "65 mm[Hg]", 3),
     obs("9269-2", 10, 3), obs("14682-9", "200 umol/L", 4), order("3264", 20))
says("kaplanski", "one organ missing", "SOFA score", None, stay(300), VENTILATED, *gases([117], [2]))

# ---- NCT04334044 ----------------------------------------------------------------------------------
says("nct04334044", "an antigen test confirms", "COVID-19 confirmed by test", True, obs("94558-4", POSITIVE, 20))
says("nct04334044", "20,000 platelets", "Platelets below 20,000", False, obs(PLATELETS, "20 10*9/L", 5))
says("nct04334044", "active hepatitis B", "Known active HIV, hepatitis, zoster or tuberculosis", True,
     condition("66071002"))
says("nct04334044", "a coded dyspnoea", "Dyspnoea or more work of breathing", True, condition("267036007"))
says("nct04334044", "C-reactive protein fell", "Change of C-reactive protein", {"value": -150, "unit": "mg/L"},
     obs(CRP, "200 mg/L", BASE), obs(CRP, "50 mg/L", 1))


PARAMETERS = {"jakincov": ["Randomised=" + RANDOMISED], "nct04334044": ["First dose=" + RANDOMISED]}


def subject(trial, number):
    return f"{trial}-{number:03}"


def with_ids(who, records):
    """The records as lines of one patient."""
    lines = [] if any(r["resourceType"] == "Patient" for r in records) else [json.dumps({**patient(), "id": who})]
    return lines + [json.dumps({**r, "id": f"{who}-{k}", "subject": {"reference": "Patient/" + who}})
                    for k, r in enumerate(records)]


def run_screens(quell, trial, folder):
    """Counts (passed, failed) of the screenings of a trial."""
    lines = [line for number, case in enumerate(SCREENS[trial], 1) for line in with_ids(f"s{number}", case[1])]
    (folder / "screens.ndjson").write_text("\n".join(lines) + "\n")
    done = subprocess.run([quell, "screen", f"{ROOT}/trials/{trial}", f"{folder}/screens.ndjson", "--ids", "mrn",
                           "--format", "json", "--at", NOW.strftime("%Y-%m-%dT%H:%M:%S+00:00")],
                          capture_output=True, text=True, timeout=300)
    got = {s["id"]: (s["status"], s["failed"]) for s in json.loads(done.stdout)["subjects"]} if done.stdout else {}
    failed = 0
    for number, (title, _, status, which) in enumerate(SCREENS[trial], 1):
        if got.get(f"s{number}") != (status, which):
            failed += 1
            print(f"FAILED {trial}, {title}: expected {status} {which}, got {got.get(f's{number}')}\n{done.stderr}")
    return len(SCREENS[trial]) - failed, failed


def write(folder):
    """One NDJSON file a trial, with the records of its cases, and expected.json."""
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for trial, cases in CASES.items():
        lines = []
        for number, (title, records, values) in enumerate(cases, 1):
            who = subject(trial, number)
            if not any(r["resourceType"] == "Patient" for r in records):
                records = [patient(), *records]
            for k, record in enumerate(records):
                r = dict(record)
                if r["resourceType"] == "Patient":
                    r["id"] = who
                else:
                    r.setdefault("id", f"r{k}")
                    r["id"] = f"{who}-{r['id']}"
                    key = "patient" if r["resourceType"] in ("AllergyIntolerance", "Immunization") else "subject"
                    r[key] = {"reference": "Patient/" + who}
                    if "specimen" in r:
                        r["specimen"] = {"reference": "Specimen/" + who + "-" + r["specimen"]["reference"][9:]}
                lines.append(json.dumps(r))
            expected[who] = {"title": title, "values": values}
        (folder / f"{trial}.ndjson").write_text("\n".join(lines) + "\n")
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


def same(wanted, got):
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(same(wanted[k], got.get(k)) for k in wanted)
    return type(wanted) is type(got) and wanted == got


def run(quell, trial, folder):
    """The values by patient, or None after a message."""
    defines = sorted({d for _, _, values in CASES[trial] for d in values})
    command = [quell, "eval", f"{ROOT}/trials/{trial}/{trial}.cql", "--data", f"{folder}/{trial}.ndjson",
               "--now", NOW.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
               "--valuesets", f"{ROOT}/trials/library/valuesets", "-I", f"{ROOT}/trials/library"]
    for define in defines:
        command += ["--define", define]
    for parameter in PARAMETERS.get(trial, []):
        command += ["--parameter", parameter]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        print(f"{trial}: exit {done.returncode}\n{done.stderr}")
        return None
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        for error in row.get("errors", []):
            print(f"{trial} {row['id']}: {error}")
    return {row["id"]: row["values"] for row in rows if row["id"]}


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--write":
        write(pathlib.Path(sys.argv[2]))
        return 0
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="quell-trials-") as folder:
        write(pathlib.Path(folder))
        for trial, cases in CASES.items():
            values = run(sys.argv[1], trial, folder)
            for number, (title, _, expected) in enumerate(cases, 1):
                got = (values or {}).get(subject(trial, number), {})
                for define, wanted in expected.items():
                    if define in got and same(wanted, got[define]):
                        passed += 1
                    else:
                        failed += 1
                        print(f"FAILED {trial} {subject(trial, number)}, {title}:\n  {define}: "
                              f"expected {json.dumps(wanted)}, got {json.dumps(got.get(define, 'nothing'))}")
        for trial in SCREENS:
            well, badly = run_screens(sys.argv[1], trial, pathlib.Path(folder))
            passed, failed = passed + well, failed + badly
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
