"""Writes FHIR R4 resources for one patient of the synthetic ward.

A Chart collects the resources of one patient. Times are given as hours before the morning round
(ROUND); negative hours lie after it. Every kind of mess that a recipe makes on purpose is counted
by name, so that the ward can prove that each is there several times.
"""
import datetime

ROUND = datetime.datetime(2021, 3, 1, 7, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))

# How a patient's times are written. "none" leaves the offset out, as some laboratory systems do;
# such times are kept far from every edge because each reader has its own idea of the time zone.
CLOCKS = {"paris": 60, "utc": 0, "kathmandu": 345, "newfoundland": -210, "none": 60}

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
CRITERION = "urn:quell:criterion"
LOCAL = "urn:quell:code"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"

ANALYTES = {
    "platelets": (LOINC, "777-3", "Platelets [#/volume] in Blood by Automated count"),
    "neutrophils": (LOINC, "751-8", "Neutrophils [#/volume] in Blood by Automated count"),
    "lymphocytes": (LOINC, "731-0", "Lymphocytes [#/volume] in Blood by Automated count"),
    "leukocytes": (LOINC, "6690-2", "Leukocytes [#/volume] in Blood by Automated count"),
    "crp": (LOINC, "1988-5", "C reactive protein [Mass/volume] in Serum or Plasma"),
    "hs-crp": (LOINC, "30522-7", "C reactive protein [Mass/volume] in Serum or Plasma by High sensitivity method"),
    "ferritin": (LOINC, "2276-4", "Ferritin [Mass/volume] in Serum or Plasma"),
    "d-dimer": (LOINC, "48065-7", "Fibrin D-dimer FEU [Mass/volume] in Platelet poor plasma"),
    "d-dimer ddu": (LOINC, "48066-5", "Fibrin D-dimer DDU [Mass/volume] in Platelet poor plasma"),
    "triglycerides": (LOINC, "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma"),
    "triglycerides molar": (LOINC, "14927-8", "Triglyceride [Moles/volume] in Serum or Plasma"),
    "il-6": (LOINC, "26881-3", "Interleukin 6 [Mass/volume] in Serum or Plasma"),
    "fibrinogen": (LOINC, "3255-7", "Fibrinogen [Mass/volume] in Platelet poor plasma by Coagulation assay"),
    "aptt": (LOINC, "14979-9", "aPTT in Platelet poor plasma by Coagulation assay"),
    "ast": (LOINC, "1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma"),
    "alt": (LOINC, "1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma"),
    "factor v": (LOINC, "3193-0", "Coagulation factor V activity actual/normal in Platelet poor plasma"),
    "sodium": (LOINC, "2951-2", "Sodium [Moles/volume] in Serum or Plasma"),
    "potassium": (LOINC, "2823-3", "Potassium [Moles/volume] in Serum or Plasma"),
    "haemoglobin": (LOINC, "718-7", "Hemoglobin [Mass/volume] in Blood"),
    "creatinine": (LOINC, "2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
    "creatinine molar": (LOINC, "14682-9", "Creatinine [Moles/volume] in Serum or Plasma"),
    "glucose": (LOINC, "2345-7", "Glucose [Mass/volume] in Serum or Plasma"),
    "temperature": (LOINC, "8310-5", "Body temperature"),
    "heart rate": (LOINC, "8867-4", "Heart rate"),
    "respiratory rate": (LOINC, "9279-1", "Respiratory rate"),
    "spo2": (LOINC, "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
    "sao2": (LOINC, "2708-6", "Oxygen saturation in Arterial blood"),
    "fio2": (LOINC, "3150-0", "Inhaled oxygen concentration"),
    "pao2": (LOINC, "2703-7", "Oxygen [Partial pressure] in Arterial blood"),
    "pf": (LOINC, "50984-4", "Horowitz index in Arterial blood"),
    "oxygen flow": (LOINC, "3151-8", "Inhaled oxygen flow rate"),
    "compliance": (LOCAL, "respiratory-system-compliance", "Compliance of the respiratory system"),
    "oxygenator fio2": (LOCAL, "ecmo-oxygenator-fio2", "FiO2 of the ECMO oxygenator"),
    "weight": (LOINC, "29463-7", "Body weight"),
    "urine output": (LOINC, "9192-6", "Urine output 24 hour"),
    "pcr respiratory": (LOINC, "94500-6", "SARS-CoV-2 RNA in respiratory specimen by NAA with probe detection"),
    "pcr nasopharynx": (LOINC, "94759-8", "SARS-CoV-2 RNA in nasopharynx by NAA with probe detection"),
    "pcr any": (LOINC, "94309-2", "SARS-CoV-2 RNA in specimen by NAA with probe detection"),
    "antigen": (LOINC, "94558-4", "SARS-CoV-2 Ag in respiratory specimen by Rapid immunoassay"),
    "serology": (LOINC, "94563-4", "SARS-CoV-2 IgG Ab in Serum or Plasma by Immunoassay"),
    "pregnancy test urine": (LOINC, "2106-3", "Choriogonadotropin (pregnancy test) [Presence] in Urine"),
    "pregnancy test serum": (LOINC, "2118-8", "Choriogonadotropin (pregnancy test) [Presence] in Serum or Plasma"),
}
VITALS = {"temperature", "heart rate", "respiratory rate", "spo2", "fio2", "oxygen flow", "compliance",
          "oxygenator fio2", "weight", "urine output"}
RESULTS = {
    "detected": (SNOMED, "260373001", "Detected"),
    "positive": (SNOMED, "10828004", "Positive"),
    "LA detected": (LOINC, "LA11882-0", "Detected"),
    "not detected": (SNOMED, "260415000", "Not detected"),
    "negative": (SNOMED, "260385009", "Negative"),
    "LA not detected": (LOINC, "LA11883-8", "Not detected"),
    "inconclusive": (SNOMED, "419984006", "Inconclusive"),
}


def concept(system, code, display):
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


class Chart:
    """The resources of one patient, in the order they were written."""

    def __init__(self, patient, clock, mess):
        self.id = patient
        self.clock = clock
        self.resources = []   # (resource, file stem or None)
        self.history = []     # entries of a history Bundle
        self.mess_counts = mess
        self.patient = {"resourceType": "Patient", "id": patient}
        self.numbers = {}
        self.encounter = None

    def mess(self, kind):
        self.mess_counts[kind] = self.mess_counts.get(kind, 0) + 1

    # ---- Times --------------------------------------------------------------------------------

    def moment(self, hours, clock=None):
        return ROUND - datetime.timedelta(hours=hours)

    def time(self, hours, clock=None):
        """A FHIR dateTime so many hours before the round."""
        clock = clock or self.clock
        zone = datetime.timezone(datetime.timedelta(minutes=CLOCKS[clock]))
        text = self.moment(hours).astimezone(zone).isoformat(timespec="seconds")
        if clock == "none":
            self.mess("time without an offset")
            return text[:19]
        if clock in ("kathmandu", "newfoundland"):
            self.mess("odd offset")
        return text.replace("+00:00", "Z")

    def instant(self, hours):
        """A FHIR instant: it always has an offset."""
        return self.time(hours, "paris" if self.clock == "none" else self.clock).replace("Z", ".000Z")

    # ---- Resources ----------------------------------------------------------------------------

    def new_id(self, kind):
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return f"{self.id}-{kind}{self.numbers[kind]}"

    def add(self, resource, stem=None):
        self.resources.append((resource, stem))
        return resource

    def subject(self):
        return {"reference": f"Patient/{self.id}"}

    def observation(self, analyte, value, h=6.0, status="final", issued=None, code=None, **more):
        """An Observation; value is a dict of its value element or None. `issued`: hours before the
        round; without it an hour and a half after the sample for a laboratory, at once for a sign."""
        system, number, display = code or ANALYTES[analyte]
        is_vital = analyte in VITALS
        issued = h - (0.0 if is_vital else 1.5) if issued is None else issued
        if issued < 0 <= h:
            self.mess("issued after the round")
        if status == "entered-in-error":
            self.mess("entered in error")
        if status in ("corrected", "amended"):
            self.mess("correction")
        resource = {
            "resourceType": "Observation", "id": self.new_id("o"), "status": status,
            "category": [concept(TERMINOLOGY + "observation-category",
                                 "vital-signs" if is_vital else "laboratory",
                                 "Vital Signs" if is_vital else "Laboratory")],
            "code": concept(system, number, display), "subject": self.subject(),
            "effectiveDateTime": self.time(h), "issued": self.instant(issued)}
        resource.update(value or {})
        resource.update(more)
        return self.add(resource)

    def quantity(self, value, unit, comparator=None, system=UCUM, key="valueQuantity"):
        q = {"value": value}
        if comparator:
            q["comparator"] = comparator
            self.mess("comparator")
        if unit is None:
            self.mess("unit missing")
        else:
            q["unit"] = unit
            if system:
                q["system"] = system
                q["code"] = unit
        return {key: q}

    def lab(self, analyte, value, unit, h=None, comparator=None, high=None, system=UCUM, **more):
        """A quantity. `high`: the upper limit of normal that the laboratory prints with it."""
        h = self.lab_time() if h is None else h
        if high is not None:
            more["referenceRange"] = [{"high": {"value": high, "unit": unit, "system": UCUM, "code": unit}}]
        return self.observation(analyte, self.quantity(value, unit, comparator, system), h, **more)

    def lab_time(self):
        """When the morning's blood was taken."""
        return 20.0 if self.clock == "none" else 5.0

    def sign_time(self):
        return 12.0 if self.clock == "none" else 2.0

    def sign(self, analyte, value, unit, h=None, **more):
        return self.lab(analyte, value, unit, self.sign_time() if h is None else h, **more)

    def test(self, analyte, result, h=60.0, **more):
        return self.observation(analyte, {"valueCodeableConcept": concept(*RESULTS[result])}, h, **more)

    def revise(self, resource, hours, **changes):
        """Moves the newest resource into the history Bundle and adds a later version of it."""
        self.resources.pop()
        first = dict(resource, meta={"versionId": "1", "lastUpdated": resource["issued"]})
        self.mess("history")
        self.history.append((first, resource["issued"]))
        stamp = self.instant(hours)
        second = dict(resource, meta={"versionId": "2", "lastUpdated": stamp}, issued=stamp, **changes)
        self.history.append((second, stamp))

    def condition(self, system, code, display, since=72.0, clinical="active", verification="confirmed",
                  ended=None, recorded=None):
        resource = {
            "resourceType": "Condition", "id": self.new_id("c"),
            "verificationStatus": concept(TERMINOLOGY + "condition-ver-status", verification, verification.capitalize()),
            "code": concept(system, code, display), "subject": self.subject(),
            "onsetDateTime": self.time(since), "recordedDate": self.time(since if recorded is None else recorded)}
        if verification == "entered-in-error":
            self.mess("entered in error")
        else:
            resource["clinicalStatus"] = concept(TERMINOLOGY + "condition-clinical", clinical, clinical.capitalize())
        if ended is not None:
            resource["abatementDateTime"] = self.time(ended)
            if ended < 0:
                self.mess("condition resolved after the round")
        return self.add(resource)

    def procedure(self, code, display, start, end=None, status="in-progress"):
        resource = {
            "resourceType": "Procedure", "id": self.new_id("p"), "status": status,
            "code": concept(SNOMED, code, display), "subject": self.subject()}
        if start is not None:
            resource["performedPeriod"] = {"start": self.time(start)}
            if end is not None:
                resource["performedPeriod"]["end"] = self.time(end)
                if end < 0:
                    self.mess("procedure ended after the round")
        if status == "entered-in-error":
            self.mess("entered in error")
        return self.add(resource)

    def report(self, code, display, conclusion, coded, h=30.0, status="final", system=LOINC):
        resource = {
            "resourceType": "DiagnosticReport", "id": self.new_id("r"), "status": status,
            "category": [concept(TERMINOLOGY + "v2-0074", "RAD", "Radiology")],
            "code": concept(system, code, display), "subject": self.subject(),
            "effectiveDateTime": self.time(h), "issued": self.instant(h - 2), "conclusion": conclusion}
        if coded:
            resource["conclusionCode"] = [concept(*coded)]
        if status == "entered-in-error":
            self.mess("entered in error")
        return self.add(resource)

    def drug(self, drug, system=RXNORM):
        return {"medicationCodeableConcept": concept(system, *drug)}

    def order(self, medication, since, status="active", intent="order", dose=None, every=None, route=None,
              reason=None, until=None, **more):
        """A MedicationRequest. dose: (number, unit); every: (frequency, period, unit)."""
        resource = {"resourceType": "MedicationRequest", "id": self.new_id("m"), "status": status,
                    "intent": intent, "subject": self.subject(), "authoredOn": self.time(since)}
        resource.update(medication)
        dosage = {}
        if every:
            dosage["timing"] = {"repeat": {"frequency": every[0], "period": every[1], "periodUnit": every[2]}}
        if route:
            dosage["route"] = concept(SNOMED, *route)
        if dose:
            dosage["doseAndRate"] = [self.quantity(*dose, key="doseQuantity")]
        if dosage:
            resource["dosageInstruction"] = [dosage]
        if reason:
            resource["reasonCode"] = [concept(*reason)]
        if until is not None:
            resource["dispenseRequest"] = {"validityPeriod": {"start": self.time(since), "end": self.time(until)}}
        resource.update(more)
        return self.add(resource)

    def given(self, medication, start, end=None, period=False, status=None, rate=None):
        resource = {"resourceType": "MedicationAdministration", "id": self.new_id("a"),
                    "status": status or ("completed" if end is not None or not period else "in-progress"),
                    "subject": self.subject()}
        resource.update(medication)
        if period:
            resource["effectivePeriod"] = {"start": self.time(start)}
            if end is not None:
                resource["effectivePeriod"]["end"] = self.time(end)
        else:
            resource["effectiveDateTime"] = self.time(start)
        if rate:
            resource["dosage"] = self.quantity(*rate, key="rateQuantity")
        if status == "entered-in-error":
            self.mess("entered in error")
        return self.add(resource)

    def statement(self, medication, since, status="active", end=None, dose=None, every=None):
        resource = {"resourceType": "MedicationStatement", "id": self.new_id("s"), "status": status,
                    "subject": self.subject(), "effectivePeriod": {"start": self.time(since)},
                    "dateAsserted": self.time(70.0)}
        resource.update(medication)
        if end is not None:
            resource["effectivePeriod"]["end"] = self.time(end)
        if dose:
            resource["dosage"] = [{"timing": {"repeat": {"frequency": every[0], "period": every[1], "periodUnit": every[2]}},
                                   "doseAndRate": [self.quantity(*dose, key="doseQuantity")]}]
        return self.add(resource)

    def stay(self, start, end=None, status="in-progress", kind="IMP", icu=False):
        names = {"IMP": "inpatient encounter", "AMB": "ambulatory", "EMER": "emergency", "ACUTE": "inpatient acute"}
        resource = {"resourceType": "Encounter", "id": self.new_id("e"), "status": status,
                    "class": {"system": TERMINOLOGY + "v3-ActCode", "code": kind, "display": names[kind]},
                    "subject": self.subject(), "period": {"start": self.time(start)}}
        if icu:
            resource["type"] = [concept(SNOMED, "305351004", "Admission to intensive care unit")]
        if end is not None:
            resource["period"]["end"] = self.time(end)
            if end < 0:
                self.mess("encounter ended after the round")
        if status == "entered-in-error":
            self.mess("entered in error")
        return self.add(resource)

    def answer(self, criterion, yes, h=10.0, **more):
        """A person's answer that was written into the record."""
        return self.observation(None, {"valueBoolean": yes}, h, issued=more.pop("issued", h),
                                code=(CRITERION, criterion, "Answer to " + criterion), **more)

    def allergy(self, drug, verification="confirmed", clinical="active", since=20000.0, system=RXNORM):
        resource = {"resourceType": "AllergyIntolerance", "id": self.new_id("y"),
                    "verificationStatus": concept(TERMINOLOGY + "allergyintolerance-verification", verification,
                                                  verification.capitalize()),
                    "code": concept(system, *drug), "patient": self.subject(), "recordedDate": self.time(since)}
        if verification == "entered-in-error":
            self.mess("entered in error")
        else:
            resource["clinicalStatus"] = concept(TERMINOLOGY + "allergyintolerance-clinical", clinical,
                                                 clinical.capitalize())
        return self.add(resource)

    def vaccine(self, code, display, days, status="completed"):
        return self.add({"resourceType": "Immunization", "id": self.new_id("v"), "status": status,
                         "vaccineCode": concept(CVX, code, display), "patient": self.subject(),
                         "occurrenceDateTime": self.time(days * 24.0), "recorded": self.time(days * 24.0 - 1)})
