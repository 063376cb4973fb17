"""Clinical facts of the synthetic ward and what each means for the criteria of the five trials.

A dimension (platelets, breathing, consent ...) has named levels. A level says two things that know
nothing of each other: how it is written into a chart, and what a clinician who reads the source of
each trial answers. The answers were declared by hand from the sources' sentences and from the
readings in each trial's README, and never computed from the numbers.

Answers, one letter for each name of the dimension's header:
    y  met        n  not met        ?  unknown
    -  the record is silent about the drug: the medication list decides (see patients.py)
Names with a slash are criteria; the others are parts of a criterion that needs several dimensions.
"""
from fhir import ATC, ICD10, ICD10CM, LOINC, RESULTS, RXNORM, SNOMED, UCUM, concept

DIMENSIONS = {}


def dimension(name, header, levels):
    """levels: name -> (answers, recipe). Recipes take a Chart."""
    names = header.split()
    table = {}
    for level, (answers, recipe) in levels.items():
        letters = answers.split()
        assert len(letters) == len(names), (name, level)
        table[level] = (dict(zip(names, letters)), recipe)
    DIMENSIONS[name] = table


def nothing(chart):
    """The chart is silent."""


def both(*recipes):
    def write(chart):
        for recipe in recipes:
            recipe(chart)
    return write


def lab(analyte, value, unit, **more):
    return lambda c: c.lab(analyte, value, unit, **more)


def sign(analyte, value, unit, **more):
    return lambda c: c.sign(analyte, value, unit, **more)


def diagnosis(system, code, display, **more):
    return lambda c: c.condition(system, code, display, **more)


# ---- Who it is ---------------------------------------------------------------------------------

def born(date):
    def write(c):
        c.patient["birthDate"] = date
    return write


# "18 Years and older" includes a person of 18; "adults older than 18 years" (Kaplanski) does not.
# "asked": young enough for the question of pregnancy (up to 55 years, a stated reading).
dimension("age", "adult over18 asked", {
    "of 34": ("y y y", born("1986-11-23")),
    "of 47": ("y y y", born("1973-06-02")),
    "of 55": ("y y y", born("1965-09-14")),
    "of 56": ("y y n", born("1964-10-30")),
    "of 63": ("y y n", born("1957-12-08")),
    "of 71": ("y y n", born("1949-04-17")),
    "of 86": ("y y n", born("1934-07-25")),
    "of 18": ("y n y", born("2003-02-10")),
    "of 17": ("n n y", born("2003-06-21")),
    "born in 2002": ("y ? y", born("2002")),      # 18 or 19
    "born in 2003": ("? n y", born("2003")),      # 17 or 18
    "not known": ("? ? ?", nothing),
})


def sex(code):
    def write(c):
        c.patient["gender"] = code
    return write


dimension("sex", "female", {
    "female": ("y", sex("female")),
    "male": ("n", sex("male")),
    "not recorded": ("?", nothing),
    "recorded as unknown": ("?", sex("unknown")),
})


def languages(*codes):
    def write(c):
        c.patient["communication"] = [
            {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": code}]}} for code in codes]
    return write


# French among the patient's languages shows that E15 is not met; another language proves nothing.
dimension("language", "jakincov/E15", {
    "french": ("n", languages("fr-FR")),
    "french and arabic": ("n", languages("ar", "fr")),
    "portuguese": ("?", languages("pt-PT")),
    "not recorded": ("?", nothing),
})

# ---- The stay ----------------------------------------------------------------------------------

dimension("stay", "hospitalised", {
    "on the ward": ("y", lambda c: c.stay(80)),
    "in intensive care": ("y", lambda c: c.stay(190, icu=True)),
    "acute": ("y", lambda c: c.stay(66, kind="ACUTE")),
    # The export knows of the discharge, the morning round does not.
    "discharged after the round": ("y", lambda c: c.stay(100, end=-4, status="finished")),
    "discharged yesterday": ("n", lambda c: c.stay(150, end=16, status="finished")),
    "visits only": ("n", lambda c: (c.stay(300, end=299, status="finished", kind="AMB"),
                                    c.stay(40, end=36, status="finished", kind="EMER"))),
    # An admission that begins an hour after the round; until then one earlier visit.
    "admitted after the round": ("n", lambda c: (c.stay(500, end=499, status="finished", kind="AMB"), c.stay(-1))),
    "planned only, one visit": ("n", lambda c: (c.stay(50, status="planned"),
                                                c.stay(52, end=51, status="finished", kind="AMB"))),
    "entered in error": ("?", lambda c: c.stay(60, status="entered-in-error")),
    "no encounter": ("?", nothing),
})

# ---- The infection -----------------------------------------------------------------------------


def pcr(kind, result, h=60.0, **more):
    return lambda c: c.test("pcr " + kind, result, h, **more)


def pcr_with_specimen(specimen):
    def write(c):
        test = c.test("pcr any", "detected", 70.0)
        sample = {"resourceType": "Specimen", "id": c.new_id("x"), "status": "available",
                  "type": concept(SNOMED, *specimen), "subject": c.subject(),
                  "receivedTime": c.time(69.5), "collection": {"collectedDateTime": c.time(70.0)}}
        c.add(sample)
        test["specimen"] = {"reference": "Specimen/" + sample["id"]}
    return write


def pcr_history(first, second, at):
    def write(c):
        test = c.test("pcr nasopharynx", first, 50.0)
        c.mess("correction")
        c.revise(test, at, status="corrected", valueCodeableConcept=concept(*RESULTS[second]))
    return write


# any: "positive RT-PCR", at any time. jak: "at least one PCR on nasopharyngeal sample or a
# bronchoalveolar lavage"; a test that names no specimen leaves that open, one on "respiratory
# specimen" is read as such a sample. nct: "confirmatory test", PCR or antigen.
dimension("pcr", "any jak nct", {
    "positive": ("y y y", pcr("respiratory", "detected")),
    "positive, nasopharynx": ("y y y", pcr("nasopharynx", "positive", 100.0)),
    "positive, LOINC answer": ("y y y", pcr("nasopharynx", "LA detected", 44.0)),
    "positive, lavage": ("y y y", pcr_with_specimen(("258607008", "Bronchoalveolar lavage fluid sample"))),
    "positive, specimen not named": ("y ? y", pcr("any", "detected")),
    "positive on stool only": ("y ? y", pcr_with_specimen(("119339001", "Stool specimen"))),
    "positive long ago, negative now": ("y y y", both(pcr("respiratory", "detected", 480.0),
                                                      pcr("respiratory", "not detected", 30.0))),
    "negative": ("n n n", pcr("nasopharynx", "not detected")),
    "negative, LOINC answer": ("n n n", pcr("respiratory", "LA not detected", 30.0)),
    "negative, antigen positive": ("n n y", both(pcr("respiratory", "negative", 30.0),
                                                 lambda c: c.test("antigen", "positive", 50.0))),
    "antigen positive only": ("? ? y", lambda c: c.test("antigen", "detected", 40.0)),
    "antigen negative only": ("? ? n", lambda c: c.test("antigen", "not detected", 40.0)),
    # Serology is no test for the virus.
    "serology only": ("? ? ?", lambda c: c.test("serology", "positive", 40.0)),
    "inconclusive": ("? ? ?", pcr("respiratory", "inconclusive", 30.0)),
    "preliminary": ("? ? ?", pcr("respiratory", "detected", 9.0, status="preliminary")),
    "issued after the round": ("? ? ?", pcr("nasopharynx", "detected", 8.0, issued=-2.0)),
    "positive entered in error, negative": ("n n n", both(
        pcr("respiratory", "detected", 60.0, status="entered-in-error"), pcr("respiratory", "not detected", 59.0))),
    # A sentence is no coded result; a person has to read it.
    "positive in words only": ("? ? ?", lambda c: (c.mess("value of another type"), c.observation(
        "pcr respiratory", {"valueString": "POSITIF, charge virale forte"}, 50.0))),
    # The laboratory called back a positive result an hour before the round.
    "corrected to negative": ("n n n", pcr_history("detected", "not detected", 1.0)),
    # ... and here two hours after it: at the round it was still positive.
    "corrected to negative after the round": ("y y y", pcr_history("detected", "not detected", -2.0)),
    "none": ("? ? ?", nothing),
})

# ---- Blood counts ------------------------------------------------------------------------------


def corrected_count(analyte, wrong, right, unit, h=6.0):
    """The laboratory sends the correction as a second result of the same sample."""
    def write(c):
        c.lab(analyte, wrong, unit, h)
        c.lab(analyte, right, unit, h, status="corrected", issued=1.5)
    return write


def text_value(analyte, text, h=4.0):
    def write(c):
        c.mess("value of another type")
        c.observation(analyte, {"valueString": text}, h)
    return write


def history_of_count(analyte, first, second, unit, at):
    """Two versions of one result in a history Bundle; the second was written so many hours before the round."""
    def write(c):
        result = c.lab(analyte, first, unit, 9)
        c.mess("correction")
        c.revise(result, at, status="corrected", **c.quantity(second, unit))
    return write


# JAKINCOV E4 and Elmekaty E5: less than 50,000 per mm3; NCT04334044 E2: below 20,000.
dimension("platelets", "jakincov/E4 elmekaty/E5 nct04334044/E2", {
    "normal": ("n n n", lab("platelets", 245, "10*9/L")),
    "normal in /uL": ("n n n", lab("platelets", 198000, "/uL")),
    "normal in 10*3/uL": ("n n n", lab("platelets", 312, "10*3/uL")),
    "50": ("n n n", lab("platelets", 50, "10*9/L")),
    "48000 /uL": ("y y n", lab("platelets", 48000, "/uL")),
    "32": ("y y n", lab("platelets", 32, "10*9/L")),
    "20": ("y y n", lab("platelets", 20.0, "10*9/L")),
    "9": ("y y y", lab("platelets", 9, "10*9/L")),
    "9500 /mm3": ("y y y", lab("platelets", 9500, "/mm3")),
    "<20": ("y y y", lab("platelets", 20, "10*9/L", comparator="<")),
    "<50": ("y y ?", lab("platelets", 50, "10*9/L", comparator="<")),
    ">100": ("n n n", lab("platelets", 100, "10*9/L", comparator=">")),
    "fell to 41": ("y y n", both(lab("platelets", 160, "10*9/L", h=30), lab("platelets", 41000, "/uL", h=6))),
    "rose from 15": ("n n n", both(lab("platelets", 15, "10*9/L", h=40), lab("platelets", 88, "10*9/L", h=7))),
    "no unit": ("? ? ?", lab("platelets", 210, None)),
    "unit is no UCUM": ("? ? ?", lambda c: (c.mess("unit missing"), c.lab("platelets", 45, "G/l", system=None))),
    "five days old": ("? ? ?", lab("platelets", 180, "10*9/L", h=118)),
    "none": ("? ? ?", nothing),
    "9 entered in error": ("n n n", both(lab("platelets", 233, "10*9/L", h=8),
                                         lab("platelets", 9, "10*9/L", h=4, status="entered-in-error"))),
    "corrected from 18 to 181": ("n n n", corrected_count("platelets", 18, 181, "10*9/L")),
    # The correction came after the round; without its history nothing is known before it.
    "corrected after the round": ("? ? ?", lab("platelets", 160, "10*9/L", h=6, status="corrected", issued=-1.0)),
    "12 issued after the round": ("n n n", both(lab("platelets", 220, "10*9/L", h=20),
                                                lab("platelets", 12, "10*9/L", h=3, issued=-2.5))),
    "history: 14 corrected to 214": ("n n n", history_of_count("platelets", 14, 214, "10*9/L", 2.0)),
    "history: 207 corrected to 11 after the round": ("n n n", history_of_count("platelets", 207, 11, "10*9/L", -1.0)),
    # A clotted sample has no value; the count of the day before is the most recent one.
    "clotted sample": ("n n n", both(lab("platelets", 170, "10*9/L", h=29), text_value("platelets", "échantillon coagulé"))),
    "number written as a word": ("? ? ?", lambda c: (c.mess("value of another type"), c.observation(
        "platelets", {"valueQuantity": {"value": "38", "unit": "10*9/L", "system": UCUM, "code": "10*9/L"}}))),
})

# JAKINCOV E2: less than 1.5 x 10^9/L. Elmekaty E4 and NCT04334044 E3: below 500 per uL.
dimension("neutrophils", "jakincov/E2 elmekaty/E4 nct04334044/E3", {
    "normal": ("n n n", lab("neutrophils", 6.2, "10*9/L")),
    "normal in /uL": ("n n n", lab("neutrophils", 5400, "/uL")),
    "1.5": ("n n n", lab("neutrophils", 1.5, "10*9/L")),
    "1.2": ("y n n", lab("neutrophils", 1.2, "10*9/L")),
    "1400 /uL": ("y n n", lab("neutrophils", 1400, "/uL")),
    "500 /mm3": ("y n n", lab("neutrophils", 500, "/mm3")),
    "0.3": ("y y y", lab("neutrophils", 0.3, "10*9/L")),
    "450 /uL": ("y y y", lab("neutrophils", 450, "/uL")),
    "<0.5": ("y y y", lab("neutrophils", 0.5, "10*9/L", comparator="<")),
    "<1.0": ("y ? ?", lab("neutrophils", 1.0, "10*9/L", comparator="<")),
    ">1.0": ("? n n", lab("neutrophils", 1.0, "10*9/L", comparator=">")),
    "no unit": ("? ? ?", lab("neutrophils", 4.1, None)),
    "none": ("? ? ?", nothing),
    "0.2 entered in error": ("n n n", both(lab("neutrophils", 3.9, "10*9/L", h=9),
                                           lab("neutrophils", 0.2, "10*9/L", h=5, status="entered-in-error"))),
    "corrected from 0.4 to 4.0": ("n n n", corrected_count("neutrophils", 0.4, 4.0, "10*9/L")),
})

# ---- Inflammation ------------------------------------------------------------------------------

# over150: "CRP > 150 mg/l" (JAKINCOV 2b). over100: "> 100 mg/l" (Kaplanski). score: more than 20
# times the upper limit printed with it (2 points of the CIS, unverified table).
dimension("crp", "over150 over100 score", {
    "212 mg/L": ("y y y", lab("crp", 212, "mg/L", high=5)),
    "24.6 mg/dL": ("y y y", lab("crp", 24.6, "mg/dL", high=0.5)),
    "188 by high sensitivity": ("y y y", lab("hs-crp", 188, "mg/L", high=5)),
    "120 mg/L": ("n y y", lab("crp", 120, "mg/L", high=5)),
    "12 mg/dL": ("n y y", lab("crp", 12.0, "mg/dL", high=0.5)),
    "150 mg/L": ("n y y", lab("crp", 150, "mg/L", high=5)),
    "100 mg/L": ("n n n", lab("crp", 100, "mg/L", high=5)),
    "8 mg/L": ("n n n", lab("crp", 8.1, "mg/L", high=5)),
    "3.1 mg/dL": ("n n n", lab("crp", 3.1, "mg/dL", high=0.5)),
    "<5 mg/L": ("n n n", lab("crp", 5, "mg/L", comparator="<", high=5)),
    ">150 mg/L": ("y y y", lab("crp", 150, "mg/L", comparator=">", high=5)),
    ">90 mg/L": ("? ? ?", lab("crp", 90, "mg/L", comparator=">", high=5)),
    "240 mg/L, no limit printed": ("y y ?", lab("crp", 240, "mg/L")),
    "no unit": ("? ? ?", lab("crp", 180, None)),
    "three days old": ("? ? ?", lab("crp", 260, "mg/L", h=76, high=5)),
    "310 entered in error": ("n n n", both(lab("crp", 12, "mg/L", h=8, high=5),
                                           lab("crp", 310, "mg/L", h=4, status="entered-in-error", high=5))),
    "260 issued after the round": ("n n n", both(lab("crp", 31, "mg/L", h=28, high=5),
                                                 lab("crp", 260, "mg/L", h=3, issued=-1.5, high=5))),
    "corrected from 16 to 160": ("y y y", lambda c: (c.lab("crp", 16, "mg/L", 7, high=5), c.lab(
        "crp", 160, "mg/L", 7, status="corrected", issued=2.0, high=5))),
    "fell to 80": ("n n n", both(lab("crp", 190, "mg/L", h=31, high=5), lab("crp", 8.0, "mg/dL", h=7, high=0.5))),
    "none": ("? ? ?", nothing),
})

# over1000: "ferritinemia > 1000 ug/l" (Kaplanski). score: more than twice the upper limit (CIS).
dimension("ferritin", "over1000 score", {
    "1850 ng/mL": ("y y", lab("ferritin", 1850, "ng/mL", high=400)),
    "2600 ug/L": ("y y", lab("ferritin", 2600, "ug/L", high=300)),
    "6400 ng/mL": ("y y", lab("ferritin", 6400, "ng/mL", high=400)),
    ">2000 ng/mL": ("y y", lab("ferritin", 2000, "ng/mL", comparator=">", high=400)),
    "1000 ug/L": ("n y", lab("ferritin", 1000, "ug/L", high=400)),
    "310 ng/mL": ("n n", lab("ferritin", 310, "ng/mL", high=400)),
    "90 ug/L": ("n n", lab("ferritin", 90, "ug/L", high=300)),
    # The molar mass of ferritin is not sure, so a molar result decides nothing.
    "5200 pmol/L": ("? ?", lab("ferritin", 5200, "pmol/L")),
    "no unit": ("? ?", lab("ferritin", 1700, None)),
    "1900 issued after the round": ("? ?", lab("ferritin", 1900, "ng/mL", h=4, issued=-3.0, high=400)),
    "none": ("? ?", nothing),
})


def storm(c):
    c.lab("triglycerides", 310, "mg/dL", high=150)
    c.lab("il-6", 85, "pg/mL", high=7)
    c.lab("fibrinogen", 620, "mg/dL", high=400)
    c.lab("leukocytes", 14.2, "10*9/L", high=10)
    c.lab("lymphocytes", 0.6, "10*9/L")
    c.lab("d-dimer", 2400, "ng/mL{FEU}", high=500)
    c.sign("temperature", 39.1, "Cel")


def storm_other_units(c):
    c.lab("triglycerides molar", 3.4, "mmol/L", high=1.7)
    c.lab("il-6", 96, "ng/L", high=7)
    c.lab("fibrinogen", 6.4, "g/L", high=4)
    c.lab("leukocytes", 15100, "/uL", high=10000)
    c.lab("lymphocytes", 540, "/uL")
    c.lab("d-dimer", 3.1, "mg/L{FEU}", high=0.5)
    c.sign("temperature", 102.6, "[degF]")


def storm_in_part(c):
    c.lab("il-6", 44, "pg/mL", high=7)
    c.lab("lymphocytes", 0.7, "10*9/L")
    c.lab("d-dimer", 1900, "ng/mL{FEU}", high=500)
    c.sign("temperature", 38.9, "Cel")


def moderate(c):
    c.lab("triglycerides", 120, "mg/dL", high=150)
    c.lab("il-6", 5, "pg/mL", high=7)
    c.lab("fibrinogen", 380, "mg/dL", high=400)
    c.lab("leukocytes", 8.1, "10*9/L", high=10)
    c.lab("lymphocytes", 0.9, "10*9/L")
    c.lab("d-dimer", 900, "ng/mL{FEU}", high=500)
    c.sign("temperature", 37.9, "Cel")


def quiet(c):
    c.lab("triglycerides", 110, "mg/dL", high=150)
    c.lab("il-6", 3, "pg/mL", high=7)
    c.lab("fibrinogen", 320, "mg/dL", high=400)
    c.lab("leukocytes", 6.4, "10*9/L", high=10)
    c.lab("lymphocytes", 1.6, "10*9/L")
    c.lab("d-dimer", 210, "ng/mL{FEU}", high=500)
    c.lab("aptt", 31, "s", high=36)
    c.sign("temperature", 36.8, "Cel")


def clotting_by_aptt(c):
    c.lab("triglycerides molar", 1.1, "mmol/L", high=1.7)
    c.lab("il-6", 2, "pg/mL", comparator="<", high=7)
    c.lab("fibrinogen", 2.9, "g/L", high=4)
    c.lab("leukocytes", 7.2, "10*9/L", high=10)
    c.lab("lymphocytes", 1500, "/uL")
    c.lab("aptt", 52, "s", high=36)
    c.sign("temperature", 37.2, "Cel")


def no_limits_printed(c):
    c.lab("triglycerides", 210, "mg/dL")
    c.lab("il-6", 60, "pg/mL")
    c.lab("fibrinogen", 510, "mg/dL")
    c.lab("leukocytes", 12.0, "10*9/L")
    c.lab("lymphocytes", 0.8, "10*9/L")
    c.lab("d-dimer", 1500, "ng/mL{FEU}")
    c.sign("temperature", 37.0, "Cel")


def other_d_dimer(c):
    quiet(c)
    c.resources = [entry for entry in c.resources if "D-dimer" not in entry[0].get("code", {}).get("text", "")]
    c.lab("d-dimer ddu", 240, "ng/mL{DDU}", high=250)


# The rest of the CIS (unverified table, variant A): triglycerides 1, IL-6 1, fibrinogen 1,
# leukocytes 1, lymphocytes 2, coagulation 2, fever 1. Here the answers are points: the fewest and the
# most that the record allows.
dimension("inflammation", "low high", {
    "storm": ("9 9", storm),
    "storm in other units": ("9 9", storm_other_units),
    "storm in part": ("6 9", storm_in_part),
    "moderate": ("4 4", moderate),
    "quiet": ("0 0", quiet),
    "long aPTT only": ("2 2", clotting_by_aptt),
    # Without an upper limit only lymphocytes (2) and the absence of fever are sure.
    "no limits printed": ("2 8", no_limits_printed),
    # D-dimer in DDU is another quantity than in FEU; with a normal aPTT coagulation stays open.
    "D-dimer in other units only": ("0 2", other_d_dimer),
    "not measured": ("0 9", nothing),
})

# ---- Breathing ---------------------------------------------------------------------------------

VENTILATION = ("1258985005", "Invasive mechanical ventilation")
PRONE = ("431182000", "Placing subject in prone position")
ECMO = ("786453001", "Veno-venous extracorporeal membrane oxygenation")
HIGH_FLOW = ("426854004", "High flow oxygen nasal cannula")
MASK = ("371908008", "Oxygen administration by mask")


def on_air(rate, saturation, unit="%", analyte="spo2"):
    def write(c):
        h = c.sign_time()
        c.sign("respiratory rate", rate, "/min", h)
        c.sign("fio2", 21, "%", h + 0.2)
        c.sign(analyte, saturation, unit, h)
    return write


def on_air_by_finding(rate, saturation):
    def write(c):
        h = c.sign_time()
        c.sign("respiratory rate", rate, "{breaths}/min", h)
        c.observation(None, {"valueBoolean": True}, h, issued=h, code=(SNOMED, "722742002", "Breathing room air"))
        c.sign("spo2", saturation, "%", h)
    return write


def on_air_by_component(rate, saturation):
    def write(c):
        h = c.sign_time()
        c.sign("respiratory rate", rate, "/min", h)
        result = c.sign("sao2", saturation, "%", h)
        result["component"] = [{"code": concept(LOINC, "3150-0", "Inhaled oxygen concentration"),
                                "valueQuantity": {"value": 0.21, "unit": "1", "system": UCUM, "code": "1"}}]
    return write


def on_oxygen(rate, saturation, flow, mask=True):
    def write(c):
        h = c.sign_time()
        if mask:
            c.procedure(*MASK, start=40)
        if rate is not None:
            c.sign("respiratory rate", rate, "/min", h)
        c.sign("oxygen flow", flow, "L/min", h + 0.1)
        c.sign("spo2", saturation, "%", h)
    return write


def oxygen_not_said(rate, saturation):
    def write(c):
        h = c.sign_time()
        c.sign("respiratory rate", rate, "/min", h)
        c.sign("spo2", saturation, "%", h)
    return write


def high_flow(c):
    c.procedure(*HIGH_FLOW, start=30)
    c.sign("respiratory rate", 28, "/min", 2)
    c.sign("fio2", 0.6, "1", 2.2)
    c.sign("spo2", 93, "%", 2)
    gas(c, 72, "mm[Hg]", 0.6, "1", 3)


def gas(c, pressure, unit, fraction, fraction_unit, h):
    c.sign("fio2", fraction, fraction_unit, h + 0.3)
    c.lab("pao2", pressure, unit, h, issued=h - 0.2)


def on_ventilator(since, end=None, status="in-progress"):
    return lambda c: c.procedure(*VENTILATION, start=since, end=end, status=status)


def ventilator_signs(c):
    c.sign("respiratory rate", 20, "/min", 2)
    c.sign("spo2", 94, "%", 2)
    c.sign("fio2", 0.6, "1", 2.1)


def ratios(values, hours, unit="mm[Hg]"):
    def write(c):
        for value, h in zip(values, hours):
            c.lab("pf", value, unit, h, issued=h - 0.2)
    return write


def ventilated(*more, since=80):
    return both(on_ventilator(since), ventilator_signs, *more)


EVERY_6_H = (38, 32, 26, 20, 14, 8, 3)


def gases_in_kpa(c):
    """PaO2 in kPa and in mmHg, FiO2 as per cent and as a fraction."""
    c.mess("kPa and mmHg")
    c.mess("FiO2 as per cent and as a fraction")
    for pressure, unit, fraction, fraction_unit, h in (
            (10.1, "kPa", 60, "%", 36), (74, "mm[Hg]", 0.6, "1", 28), (9.4, "kPa", 60, "%", 20),
            (9.2, "kPa", 0.6, "1", 12), (70, "mm[Hg]", 60, "%", 5)):
        gas(c, pressure, unit, fraction, fraction_unit, h)


def gases_without_fio2_unit(c):
    c.mess("kPa and mmHg")
    c.mess("FiO2 as per cent and as a fraction")
    for pressure, unit, fraction, h in ((11.4, "kPa", 50, 34), (80, "mm[Hg]", 0.5, 25), (10.8, "kPa", 50, 16),
                                        (82, "mm[Hg]", 0.5, 6)):
        c.sign("fio2", fraction, None, h + 0.3)
        c.lab("pao2", pressure, unit, h, issued=h - 0.2)


def compliance(value):
    return lambda c: c.sign("compliance", value, "mL/cm[H2O]", 4)


def oxygenator(value, unit):
    return lambda c: c.sign("oxygenator fio2", value, unit, 4)


prone = lambda c: c.procedure(*PRONE, start=40, end=24, status="completed")
on_ecmo = lambda c: c.procedure(*ECMO, start=60)

# hypoxic: "respiratory frequency > 30/mn, SaO2 < 90 on room air", the comma read as or; a saturation
# under oxygen, or where nobody says what was breathed, decides nothing.
# stage3: "under mechanical ventilation with a ratio PaO2/FiO2 < 300 for more than 24h": readings over
# more than 24 h; one reading never passes. Whoever breathes without a tube is not ventilated.
# The five others are Kaplanski's: prone positioning, ECMO, PaO2/FiO2 < 100, PaO2/FiO2 <= 150 under
# ECMO with the oxygenator at 100 %, compliance <= 30. Silence about a procedure is no answer.
dimension("breathing", "hypoxic stage3 kaplanski/I2a1 kaplanski/I2c1 kaplanski/I2d1 kaplanski/I2d2 kaplanski/I2d3", {
    "room air": ("n n ? ? ? ? ?", on_air(18, 96)),
    "room air, as a finding": ("n n ? ? ? ? ?", on_air_by_finding(16, 97)),
    "fast on room air": ("y n ? ? ? ? ?", on_air(34, 92)),
    "30 a minute, 90 %": ("n n ? ? ? ? ?", on_air(30, 90)),
    "88 % on room air": ("y n ? ? ? ? ?", on_air_by_component(24, 88)),
    "0.87 on room air": ("y n ? ? ? ? ?", on_air(26, 0.87, "1")),
    "fast on oxygen": ("y n ? ? ? ? ?", on_oxygen(36, 91, 6)),
    "88 % on oxygen": ("? n ? ? ? ? ?", on_oxygen(22, 88, 4)),
    "oxygen, rate not counted": ("? n ? ? ? ? ?", on_oxygen(None, 93, 3, mask=False)),
    "87 %, oxygen not said": ("? ? ? ? ? ? ?", oxygen_not_said(20, 87)),
    "fast, oxygen not said": ("y ? ? ? ? ? ?", oxygen_not_said(38, 90)),
    "not charted": ("? ? ? ? ? ? ?", nothing),
    "rate 40 entered in error": ("n n ? ? ? ? ?", both(on_air(19, 95), lambda c: c.sign(
        "respiratory rate", 40, "/min", 1, status="entered-in-error"))),
    # 72 mmHg at a FiO2 of 0.6 is a ratio of 120, breathing without a tube.
    "high flow": ("? n ? ? n ? ?", high_flow),
    # On the ventilator for less than a day.
    "ventilated for ten hours": ("? n ? ? n n ?", both(on_ventilator(10), ventilator_signs, ratios((190, 170), (8, 3)))),
    "ventilated, one ratio": ("? ? ? ? n n ?", ventilated(ratios((180,), (5,)))),
    "ventilated, ratio 26 h apart": ("? ? ? ? n n ?", ventilated(ratios((170, 165), (30, 4)))),
    "ventilated, ratios low": ("? y ? ? n ? n", ventilated(
        ratios((190, 180, 170, 160, 155, 152, 150), EVERY_6_H), compliance(38))),
    "ventilated, ratios in kPa": ("? y ? ? n n n", ventilated(
        ratios((26, 25, 24.5, 24, 23, 22.5, 22), EVERY_6_H, "kPa"), compliance(36), lambda c: c.mess("kPa and mmHg"))),
    # About 126, 123, 118, 115 and 117 mmHg.
    "ventilated, gases in two units": ("? y ? ? n ? ?", ventilated(gases_in_kpa)),
    # 22.8 kPa, 160, 21.6 kPa and 164 mmHg.
    "ventilated, FiO2 without a unit": ("? y ? ? n n ?", ventilated(gases_without_fio2_unit)),
    "ventilated, ratio back to 320": ("? n ? ? n n n", ventilated(
        ratios((240, 260, 280, 290, 305, 310, 320), EVERY_6_H), compliance(52))),
    "ventilated, prone not done": ("? y n ? n n y", ventilated(
        ratios((190, 185, 180, 176, 172, 170, 168), EVERY_6_H), compliance(30),
        lambda c: c.procedure(*PRONE, start=None, status="not-done"))),
    "extubated yesterday": ("? n ? ? n n ?", both(
        on_ventilator(140, end=26, status="completed"), on_oxygen(24, 95, 3), ratios((210,), (4,)))),
    "extubated after the round": ("? y ? ? n n n", both(
        on_ventilator(150, end=-3, status="completed"), ventilator_signs,
        ratios((220, 225, 230, 240, 250, 260, 270), EVERY_6_H), compliance(45))),
    "ventilation entered in error": ("n n ? ? ? ? ?", both(
        on_ventilator(90, status="entered-in-error"), on_air(17, 97))),
    "refractory": ("? y y ? y ? y", ventilated(prone, ratios((110, 104, 99, 96, 92, 88, 82), EVERY_6_H), compliance(24))),
    "on ECMO": ("? y y y n y y", ventilated(
        prone, on_ecmo, oxygenator(100, "%"), ratios((140, 138, 136, 135, 133, 132, 130), EVERY_6_H), compliance(18),
        since=160)),
    "on ECMO, ratio 150": ("? y y y n y n", ventilated(
        prone, on_ecmo, oxygenator(1.0, "1"), ratios((170, 166, 162, 158, 155, 152, 150), EVERY_6_H), compliance(31),
        since=160)),
    "on ECMO, oxygenator at 60 %": ("? y y y n n n", ventilated(
        on_ecmo, prone, oxygenator(60, "%"), ratios((150, 148, 146, 144, 142, 141, 140), EVERY_6_H), compliance(34))),
    "on ECMO, oxygenator not charted": ("? y y y n ? ?", ventilated(
        on_ecmo, prone, ratios((148, 147, 146, 145, 144, 143, 142), EVERY_6_H))),
    "weaned from ECMO": ("? y y n n n n", ventilated(
        prone, lambda c: c.procedure(*ECMO, start=150, end=30, status="completed"),
        ratios((150, 154, 158, 160, 162, 164, 168), EVERY_6_H), compliance(36), since=170)),
})

# ---- Drugs -------------------------------------------------------------------------------------

BY_MOUTH = ("26643006", "Oral route")
COVID = (ICD10, "U07.1", "COVID-19, virus identified")
PARACETAMOL = ("161", "acetaminophen")
ENOXAPARIN = ("67108", "enoxaparin")
DEXAMETHASONE = ("3264", "dexamethasone")
METFORMIN = ("6809", "metformin")
AMLODIPINE = ("17767", "amlodipine")


def ward_drugs(c):
    c.order(c.drug(PARACETAMOL), 70, dose=(1000, "mg"), every=(1, 6, "h"))
    c.order(c.drug(ENOXAPARIN), 70, dose=(40, "mg"), every=(1, 1, "d"))
    c.order(c.drug(DEXAMETHASONE), 60, dose=(6, "mg"), every=(1, 1, "d"), route=BY_MOUTH, reason=COVID)


def home_drugs(c):
    c.statement(c.drug(METFORMIN), 9000)
    c.statement(c.drug(AMLODIPINE), 12000)
    c.given(c.drug(ENOXAPARIN), 10)


def by_reference(c, drug, key, **order):
    c.mess("medication by reference")
    medication = c.add({"resourceType": "Medication", "id": c.new_id("d"), "code": concept(RXNORM, *drug)})
    return c.order({key: {"reference": "Medication/" + medication["id"]}}, **order)


def contained_drug(c, drug, **order):
    c.mess("contained resource")
    resource = c.order({"medicationReference": {"reference": "#drug"}}, **order)
    resource["contained"] = [{"resourceType": "Medication", "id": "drug", "code": concept(RXNORM, *drug)}]
    return resource


def unnamed_drug(c):
    ward_drugs(c)
    c.order({"medicationCodeableConcept": {"text": "traitement habituel du patient"}}, 60)


# silent: may a drug that no entry names be given after all? n: there is a list of these days and it
# names its drugs. ?: there is none, or it holds a drug without a name.
dimension("medication", "silent", {
    "ward": ("n", ward_drugs),
    "home": ("n", home_drugs),
    "by reference": ("n", lambda c: (ward_drugs(c), by_reference(c, METFORMIN, "medicationReference", since=60))),
    "contained": ("n", lambda c: (ward_drugs(c), contained_drug(c, AMLODIPINE, since=60))),
    "a drug without a name": ("?", unnamed_drug),
    "old orders only": ("?", lambda c: c.order(c.drug(("723", "amoxicillin")), 4000, status="completed")),
    "none": ("?", nothing),
})

TOCILIZUMAB = ("612865", "tocilizumab")
BARICITINIB = ("2047232", "baricitinib")
TACROLIMUS = ("42316", "tacrolimus")
METHOTREXATE = ("6851", "methotrexate")
AZATHIOPRINE = ("1256", "azathioprine")

# week: JAKINCOV E6, "treated with immunosuppressants or immunomodulators", read as these last seven
# days. month: Elmekaty E3, "in past 30 days". Steroids for COVID-19 do not count in either.
dimension("immunosuppressant", "week month", {
    "none": ("- -", nothing),
    "tocilizumab 3 days ago": ("y y", lambda c: c.given(c.drug(TOCILIZUMAB), 71)),
    "tocilizumab 20 days ago": ("- y", lambda c: c.given(c.drug(TOCILIZUMAB), 480)),
    "tocilizumab 40 days ago": ("- -", lambda c: c.given(c.drug(TOCILIZUMAB), 960)),
    "azathioprine at home": ("y y", lambda c: c.statement(c.drug(AZATHIOPRINE), 15000)),
    "azathioprine stopped 19 days ago": ("- y", lambda c: c.order(
        c.drug(AZATHIOPRINE), 6000, status="stopped", until=456)),
    "tacrolimus by reference": ("y y", lambda c: by_reference(c, TACROLIMUS, "medicationReference", since=8000)),
    "methotrexate contained": ("y y", lambda c: contained_drug(c, METHOTREXATE, since=5000)),
    "anakinra by ATC": ("y y", lambda c: c.order(c.drug(("L04AC03", "anakinra"), ATC), 30)),
    "baricitinib planned": ("- -", lambda c: c.order(c.drug(BARICITINIB), 10, intent="plan")),
    "baricitinib ordered after the round": ("- -", lambda c: c.order(c.drug(BARICITINIB), -2)),
    "tocilizumab entered in error": ("- -", lambda c: c.given(c.drug(TOCILIZUMAB), 40, status="entered-in-error")),
    "not to be given": ("- -", lambda c: c.order(c.drug(TOCILIZUMAB), 20, doNotPerform=True)),
})

PREDNISONE = ("8640", "prednisone")
METHYLPREDNISOLONE = ("6902", "methylprednisolone")
HYDROCORTISONE = ("5492", "hydrocortisone")
RHEUMATISM = (ICD10, "M35.3", "Polymyalgia rheumatica")


def steroid(drug, since, dose, every, **more):
    return lambda c: c.order(c.drug(drug), since, dose=dose, every=every, route=BY_MOUTH, **more)


# JAKINCOV E7: oral, chronic (read as at least 28 days), more than 10 mg prednisone a day, not for COVID-19.
# 5 mg of prednisone equal 4 of methylprednisolone, 0.75 of dexamethasone, 20 of hydrocortisone.
dimension("steroid", "jakincov/E7", {
    "none": ("-", nothing),
    "prednisone 20 mg": ("y", steroid(PREDNISONE, 2500, (20, "mg"), (1, 1, "d"), reason=RHEUMATISM)),
    "prednisone 5 mg every 8 h": ("y", steroid(PREDNISONE, 2500, (5, "mg"), (1, 8, "h"))),
    "methylprednisolone 12 mg": ("y", steroid(METHYLPREDNISOLONE, 1500, (12, "mg"), (1, 1, "d"))),
    # What a patient takes at home, as a statement; and an order that names the drug by reference.
    "prednisone 15 mg at home": ("y", lambda c: c.statement(
        c.drug(PREDNISONE), 9000, dose=(15, "mg"), every=(1, 1, "d"))),
    "prednisone 5 mg at home": ("n", lambda c: c.statement(
        c.drug(PREDNISONE), 9000, dose=(5, "mg"), every=(1, 1, "d"))),
    "methylprednisolone 16 mg by reference": ("y", lambda c: by_reference(
        c, METHYLPREDNISOLONE, "medicationReference", since=2200, dose=(8, "mg"), every=(2, 1, "d"))),
    "prednisone 10 mg": ("n", steroid(PREDNISONE, 2500, (10, "mg"), (1, 1, "d"))),
    "hydrocortisone 30 mg": ("n", steroid(HYDROCORTISONE, 9000, (10, "mg"), (3, 1, "d"))),
    "prednisone without a dose": ("?", lambda c: c.order(c.drug(PREDNISONE), 2500, route=BY_MOUTH)),
    "prednisone 40 mg for five days": ("-", steroid(PREDNISONE, 120, (40, "mg"), (1, 1, "d"))),
    "dexamethasone for COVID-19 for long": ("-", steroid(DEXAMETHASONE, 800, (6, "mg"), (1, 1, "d"), reason=COVID)),
})

CISATRACURIUM = ("319864", "cisatracurium")
NITRIC_OXIDE = ("7442", "nitric oxide")
ALMITRINE = ("R07AB07", "almitrine")


def infusion(drug, start=30, end=None, system=None, rate=None):
    def write(c):
        medication = c.drug(drug, system) if system else c.drug(drug)
        c.given(medication, start, end, period=True, rate=rate)
    return write


# Kaplanski I2b and I2c2: given within the last 24 hours.
dimension("rescue", "block gas", {
    "none": ("- -", nothing),
    "block": ("y -", infusion(CISATRACURIUM, rate=(15, "mg/h"))),
    "block and nitric oxide": ("y y", both(infusion(CISATRACURIUM), infusion(NITRIC_OXIDE, 26))),
    "block and almitrine": ("y y", both(infusion(("M03AC09", "rocuronium"), 28, system=ATC),
                                        infusion(ALMITRINE, 20, system=ATC))),
    "nitric oxide only": ("- y", infusion(NITRIC_OXIDE, 18)),
    # Both ended two days ago.
    "ended": ("- -", both(infusion(CISATRACURIUM, 120, 48), infusion(NITRIC_OXIDE, 110, 50))),
    "ended after the round": ("y y", both(infusion(CISATRACURIUM, 60, -2), infusion(NITRIC_OXIDE, 40, -3))),
})

# ---- Pregnancy ---------------------------------------------------------------------------------

# "Pregnancy or lactation": a test speaks for two weeks (reading); without a test or an entry nobody knows.
# Nobody mentioning breast-feeding means none once pregnancy is answered (reading).
dimension("pregnancy", "pregnant", {
    "no entry": ("?", nothing),
    "test negative": ("n", lambda c: c.test("pregnancy test urine", "negative", 50.0)),
    "serum test negative": ("n", lambda c: c.test("pregnancy test serum", "not detected", 20.0)),
    "test positive": ("y", lambda c: c.test("pregnancy test urine", "positive", 50.0)),
    "pregnant": ("y", diagnosis(SNOMED, "77386006", "Pregnancy", since=2000)),
    "test three weeks old": ("?", lambda c: c.test("pregnancy test urine", "negative", 520.0)),
    "breast-feeding": ("y", both(lambda c: c.test("pregnancy test urine", "negative", 30.0), diagnosis(
        SNOMED, "413712001", "Breastfeeding (mother)", since=1500))),
    # Delivered and weaned years ago.
    "weaned": ("n", both(lambda c: c.test("pregnancy test urine", "negative", 30.0), diagnosis(
        SNOMED, "413712001", "Breastfeeding (mother)", since=30000, clinical="resolved", ended=24000))),
    "positive test entered in error": ("n", both(
        lambda c: c.test("pregnancy test urine", "positive", 30.0, status="entered-in-error"),
        lambda c: c.test("pregnancy test serum", "negative", 29.0))),
})

# ---- Liver, transplants, infections, allergies, vaccines ----------------------------------------

# JAKINCOV E3: "AST or ALT greater than 5 times normal values"; normal is the limit printed with the result.
dimension("liver", "jakincov/E3", {
    "normal": ("n", both(lab("ast", 38, "U/L", high=40), lab("alt", 44, "U/L", high=45))),
    "ALT 7 times": ("y", both(lab("ast", 150, "U/L", high=40), lab("alt", 320, "U/L", high=45))),
    "AST exactly 5 times": ("n", both(lab("ast", 200, "U/L", high=40), lab("alt", 60, "U/L", high=45))),
    "AST in ukat/L": ("y", both(lab("ast", 6.0, "ukat/L", high=0.58), lab("alt", 1.1, "ukat/L", high=0.75))),
    "AST >250": ("y", both(lab("ast", 250, "U/L", comparator=">", high=35), lab("alt", 90, "U/L", high=45))),
    "AST only": ("?", lab("ast", 33, "U/L", high=40)),
    "no limit printed": ("?", both(lab("ast", 400, "U/L"), lab("alt", 380, "U/L"))),
    "AST 900 entered in error": ("n", both(lab("ast", 41, "U/L", h=8, high=40), lab("alt", 40, "U/L", high=45), lab(
        "ast", 900, "U/L", h=4, status="entered-in-error", high=40))),
    "none": ("?", nothing),
})

# A known history: silence is read as none.
dimension("transplant", "jakincov/E5", {
    "none": ("n", nothing),
    "kidney": ("y", diagnosis(ICD10, "Z94.0", "Kidney transplant status", since=40000, recorded=75)),
    "liver, as a procedure": ("y", lambda c: c.add({
        "resourceType": "Procedure", "id": c.new_id("p"), "status": "completed", "subject": c.subject(),
        "code": concept(SNOMED, "18027006", "Transplantation of liver"), "performedDateTime": "2014-05"})),
    "refuted": ("n", diagnosis(ICD10, "Z94.0", "Kidney transplant status", verification="refuted")),
    "entered in error": ("n", diagnosis(ICD10CM, "Z94.1", "Heart transplant status", verification="entered-in-error")),
})

SEPSIS = (SNOMED, "91302008", "Sepsis")
ZOSTER = (SNOMED, "4740000", "Herpes zoster")
HIV = (SNOMED, "86406008", "Human immunodeficiency virus infection")
HEPATITIS_B = (ICD10, "B18.1", "Chronic viral hepatitis B without delta-agent")
HEPATITIS_C = (SNOMED, "128302006", "Chronic hepatitis C")
TUBERCULOSIS = (ICD10, "A15.0", "Tuberculosis of lung, confirmed by sputum microscopy")

# jak: "active, suspected or known, uncontrolled systemic ... infections (excluding COVID-19)"; elm: "active
# bacterial, viral, TB or fungal infection": a coded active one excludes, silence asks a person. One that is over
# or refuted is no statement about all the others: a person is still asked.
# nct: "known and active infection of HIV, Hepatitis C, Hepatitis B, Herpes Zoster or Mycobacterium
# Tuberculosis": known, so silence is none.
# A chronic virus infection that may well be controlled is left to a person by jak and elm.
dimension("infection", "jakincov/E9 elmekaty/E2 nct04334044/E4", {
    "none": ("? ? n", nothing),
    "sepsis": ("y y n", diagnosis(*SEPSIS, since=30)),
    # "Suspected" is a word of JAKINCOV alone.
    "sepsis suspected": ("y ? n", diagnosis(*SEPSIS, since=12, verification="provisional")),
    "sepsis refuted": ("? ? n", diagnosis(*SEPSIS, since=30, verification="refuted")),
    "sepsis resolved after the round": ("y y n", diagnosis(*SEPSIS, since=60, clinical="resolved", ended=-3)),
    "sepsis entered in error": ("? ? n", diagnosis(*SEPSIS, since=30, verification="entered-in-error")),
    "zoster": ("y y y", diagnosis(*ZOSTER, since=48)),
    "zoster long over": ("? ? n", diagnosis(*ZOSTER, since=30000, clinical="resolved", ended=29000)),
    "HIV": ("? ? y", diagnosis(*HIV, since=60000, recorded=78)),
    "HIV refuted": ("? ? n", diagnosis(*HIV, since=2000, verification="refuted")),
    "hepatitis B": ("? ? y", diagnosis(*HEPATITIS_B, since=50000)),
    "hepatitis C cured": ("? ? n", diagnosis(*HEPATITIS_C, since=50000, clinical="resolved", ended=20000)),
    "tuberculosis": ("? ? y", diagnosis(*TUBERCULOSIS, since=400)),
})

ANAKINRA = ("72435", "anakinra")
RUXOLITINIB = ("1193326", "ruxolitinib")

# Known allergies: silence is read as none.
dimension("allergy", "jakincov/E10 elmekaty/E1", {
    "none": ("n n", nothing),
    "penicillin": ("n n", lambda c: c.allergy(("7980", "penicillin G"))),
    "anakinra": ("y y", lambda c: c.allergy(ANAKINRA, since=4000)),
    "anakinra by ATC": ("y y", lambda c: c.allergy(("L04AC03", "anakinra"), since=4000, system=ATC)),
    "ruxolitinib": ("y n", lambda c: c.allergy(RUXOLITINIB, since=3000)),
    "anakinra refuted": ("n n", lambda c: c.allergy(ANAKINRA, verification="refuted", since=900)),
    "anakinra entered in error": ("n n", lambda c: c.allergy(ANAKINRA, verification="entered-in-error", since=900)),
})

# JAKINCOV E11: live attenuated vaccines in the month before; a recorded one excludes, silence asks.
dimension("vaccine", "jakincov/E11", {
    "none": ("?", nothing),
    "yellow fever 12 days ago": ("y", lambda c: c.vaccine("37", "yellow fever, live", 12)),
    "zoster live 25 days ago": ("y", lambda c: c.vaccine("121", "zoster live", 25)),
    "MMR five months ago": ("?", lambda c: c.vaccine("03", "MMR", 150)),
    "influenza, inactivated": ("?", lambda c: c.vaccine("150", "influenza, injectable, quadrivalent, preservative free", 9)),
    "yellow fever not done": ("?", lambda c: c.vaccine("37", "yellow fever, live", 10, status="not-done")),
})

# ---- Imaging and diagnoses that mostly need a person --------------------------------------------

CT = ("24627-2", "CT Chest")
XRAY = ("36643-5", "XR Chest 2 Views")
GROUND_GLASS = (SNOMED, "128309002", "Ground glass opacity")
PNEUMONIA = (ICD10, "J12.8", "Other viral pneumonia")
COVID_PNEUMONIA = (SNOMED, "882784691000119100", "Pneumonia caused by SARS-CoV-2")


def image(kind, words, coded, **more):
    return lambda c: c.report(*kind, words, coded, **more)


# JAKINCOV I2b: radiological features; NCT04334044 I3: lung changes associated with COVID pneumonia: infiltrates
# answer. Elmekaty I6: radiological pneumonia: the conclusion must say pneumonia. score: infiltrates within
# 48 h (3 points of the CIS). Free text is left to a person.
dimension("imaging", "jakincov/I2b elmekaty/I6 nct04334044/I3 score", {
    "CT: ground glass": ("y ? y y", image(CT, "Verre dépoli bilatéral.", GROUND_GLASS)),
    "CT: COVID-19 pneumonia": ("y y y y", image(CT, "Pneumopathie à SARS-CoV-2, atteinte 40 %.", COVID_PNEUMONIA)),
    "X-ray: pneumonia, ten days old": ("y y y ?", image(XRAY, "Pneumonia of both bases.", PNEUMONIA, h=240)),
    "X-ray in words only": ("? ? ? ?", image(XRAY, "Opacités alvéolaires des deux bases.", None)),
    "CT entered in error": ("? ? ? ?", image(CT, "Wrong patient.", GROUND_GLASS, status="entered-in-error")),
    "CT preliminary": ("? ? ? ?", image(CT, "To be read.", COVID_PNEUMONIA, h=4, status="preliminary")),
    "CT read after the round": ("? ? ? ?", lambda c: (c.report(
        *CT, "Verre dépoli.", GROUND_GLASS, h=1), c.mess("issued after the round"))),
    "none": ("? ? ? ?", nothing),
})

# Elmekaty I4: "evidence of respiratory distress"; NCT04334044 I2: "increase in work of breathing or presence of
# dyspnea". A coded diagnosis answers, else a person.
dimension("dyspnoea", "elmekaty/I4 nct04334044/I2", {
    "none": ("? ?", nothing),
    "respiratory distress": ("y y", diagnosis(SNOMED, "271825005", "Respiratory distress", since=40)),
    "dyspnoea": ("? y", diagnosis(SNOMED, "267036007", "Dyspnea", since=50)),
    "ARDS": ("y ?", diagnosis(ICD10, "J80", "Adult respiratory distress syndrome", since=60)),
    "distress refuted": ("n n", diagnosis(SNOMED, "271825005", "Respiratory distress", since=30, verification="refuted")),
    "dyspnoea over": ("? n", diagnosis(SNOMED, "267036007", "Dyspnea", since=150, clinical="resolved", ended=60)),
    "distress suspected": ("? ?", diagnosis(SNOMED, "271825005", "Respiratory distress", since=20, verification="provisional")),
})

# Kaplanski I1b: "a COVID-19 pneumonia"; a coded diagnosis answers, else a person.
dimension("pneumonia", "kaplanski/I1b", {
    "none": ("?", nothing),
    "coded": ("y", diagnosis(*COVID_PNEUMONIA, since=70)),
    "coded in ICD-10": ("y", diagnosis(*PNEUMONIA, since=70)),
    "suspected": ("?", diagnosis(*PNEUMONIA, since=20, verification="differential")),
    "refuted": ("n", diagnosis(*PNEUMONIA, since=30, verification="refuted")),
})

# Elmekaty I5: "signs of cytokine release syndrome": not defined in the sources; a coded diagnosis shows them, a
# person answers everything else.
dimension("cytokine release", "elmekaty/I5", {
    "none": ("?", nothing),
    "grade 2": ("y", diagnosis(ICD10CM, "D89.832", "Cytokine release syndrome, grade 2", since=30)),
})

# ---- What decides -------------------------------------------------------------------------------

# Criteria of which the evidence must name the very resource that the level wrote: where the level wrote one
# resource and the answer is `met` by it; for blood counts and tests also where it is `not met`.
PROVES_NO = {"platelets", "neutrophils", "pcr"}
STANDS_FOR = {"any": ("kaplanski/I1a", "elmekaty/I3", "larosee/I1")}

# Of levels that wrote several results: which of them a clinician would point to (the first is 0).
POINTS_TO = {
    ("platelets", "fell to 41"): 1, ("platelets", "rose from 15"): 1, ("platelets", "9 entered in error"): 0,
    ("platelets", "corrected from 18 to 181"): 1, ("platelets", "12 issued after the round"): 0,
    ("platelets", "clotted sample"): 0, ("neutrophils", "0.2 entered in error"): 0,
    ("neutrophils", "corrected from 0.4 to 4.0"): 1, ("pcr", "positive long ago, negative now"): 0,
    ("pcr", "positive entered in error, negative"): 1,
}

# ---- What the rest of the morning brought -------------------------------------------------------

# The answers at noon, in the order of the dimension's header, of the levels that something happened to
# after the round. All others stay as they are.
LATER = {
    ("stay", "discharged after the round"): "n",
    ("stay", "admitted after the round"): "y",
    ("pcr", "issued after the round"): "y y y",
    ("pcr", "corrected to negative after the round"): "n n n",
    ("platelets", "corrected after the round"): "n n n",
    ("platelets", "12 issued after the round"): "y y y",
    ("platelets", "history: 207 corrected to 11 after the round"): "y y y",
    ("crp", "260 issued after the round"): "y y y",
    ("ferritin", "1900 issued after the round"): "y y",
    # Nobody is ventilated any more; the last gases still speak.
    ("breathing", "extubated after the round"): "? n ? ? n n n",
    # Both ran within the last 24 hours.
    ("rescue", "ended after the round"): "y y",
    ("immunosuppressant", "baricitinib ordered after the round"): "y y",
    ("infection", "sepsis resolved after the round"): "? ? n",
    ("imaging", "CT read after the round"): "y ? y y",
}
for (_name, _level), _answers in LATER.items():
    assert len(_answers.split()) == len(DIMENSIONS[_name][_level][0]), (_name, _level)
assert all((name, level) in LATER for name, table in DIMENSIONS.items() for level in table if "after the round" in level)
