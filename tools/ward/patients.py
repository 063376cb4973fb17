"""The patients of the synthetic ward: a choice of level for each dimension of facts.py, and mess.

Whoever is not named here in a dimension has the level of USUAL. Nothing here is computed.
"""

USUAL = {
    "age": "of 63", "sex": "male", "language": "french", "stay": "on the ward", "pcr": "positive",
    "platelets": "normal", "neutrophils": "normal", "crp": "8 mg/L", "ferritin": "310 ng/mL",
    "inflammation": "quiet", "breathing": "room air", "medication": "ward", "immunosuppressant": "none",
    "steroid": "none", "rescue": "none", "pregnancy": "no entry", "liver": "normal", "transplant": "none",
    "infection": "none", "allergy": "none", "vaccine": "none", "imaging": "CT: ground glass",
    "dyspnoea": "dyspnoea", "pneumonia": "coded", "cytokine release": "none",
}

# Kinds of course, before the particulars of each patient.
INFLAMED = {"crp": "212 mg/L", "ferritin": "1850 ng/mL", "inflammation": "storm", "breathing": "fast on oxygen",
            "dyspnoea": "respiratory distress", "imaging": "CT: COVID-19 pneumonia"}
VENTILATED = {"stay": "in intensive care", "crp": "24.6 mg/dL", "ferritin": "2600 ug/L",
              "inflammation": "storm in other units", "breathing": "ventilated, ratios low",
              "dyspnoea": "ARDS", "imaging": "CT: COVID-19 pneumonia", "language": "not recorded"}
RESCUE = dict(VENTILATED, breathing="refractory", rescue="block and nitric oxide")
MODERATE = {"crp": "120 mg/L", "ferritin": "1000 ug/L", "inflammation": "moderate", "breathing": "88 % on oxygen"}

PATIENTS = []


def patient(kind=None, clock="paris", people=None, recorded=(), extra=(), bundle=None, **levels):
    """people: what persons answer in answers.csv: None nobody was asked; else a dict of criterion ->
    answer, with "*" for the favourable answer to whatever is still open, or "jakincov/*" for one trial.
    recorded: answers written into the record. extra: duplicates, absolute references, died later."""
    levels = {name.replace("_", " "): level for name, level in levels.items()}
    choice = dict(USUAL, **(kind or {}))
    unknown = set(levels) - set(USUAL)
    assert not unknown, unknown
    choice.update(levels)
    PATIENTS.append({"id": f"w{len(PATIENTS) + 1:02}", "levels": choice, "clock": clock, "people": people,
                     "recorded": recorded, "extra": set(extra), "bundle": bundle})


ALL = {"*": "favourable"}

# ---- The ward: inflamed patients without a tube --------------------------------------------------
patient(INFLAMED, people=ALL)
patient(INFLAMED, people={"jakincov/*": "favourable"}, pcr="positive, nasopharynx", age="of 47", sex="female",
        pregnancy="test negative")
patient(INFLAMED, people=dict(ALL, **{"jakincov/I3a": "no", "elmekaty/I7": "no", "kaplanski/I5": "no",
                                      "nct04334044/I4": "no", "larosee/I2": "no"}), clock="utc")
patient(INFLAMED, pcr="positive, LOINC answer", extra=["duplicates"], platelets="normal in /uL")
patient(INFLAMED, people=ALL, breathing="88 % on room air", crp=">150 mg/L", imaging="CT: ground glass",
        cytokine_release="grade 2")
patient(INFLAMED, breathing="0.87 on room air", crp="24.6 mg/dL", clock="kathmandu", neutrophils="normal in /uL",
        people={"jakincov/E8": "yes", "elmekaty/E6": "yes"})
patient(INFLAMED, people=ALL, age="of 34", sex="female", pregnancy="no entry")
patient(INFLAMED, people=ALL, age="of 34", sex="female", pregnancy="pregnant", extra=["absolute references"])
patient(INFLAMED, people=ALL, age="of 47", sex="female", pregnancy="breast-feeding", clock="newfoundland")
patient(INFLAMED, people=ALL, age="of 55", sex="female", pregnancy="test three weeks old")
patient(INFLAMED, people=ALL, age="of 56", sex="female", medication="by reference", platelets="history: 14 corrected to 214")
patient(INFLAMED, people=ALL, age="of 47", sex="not recorded", platelets="history: 207 corrected to 11 after the round")
patient(INFLAMED, people=ALL, neutrophils="1.2", platelets="fell to 41")
patient(INFLAMED, people=ALL, neutrophils="450 /uL", platelets="<20", clock="utc")
patient(INFLAMED, people=ALL, platelets="48000 /uL", neutrophils=">1.0", inflammation="storm in part")
patient(INFLAMED, people=ALL, platelets="<50", neutrophils="<0.5", liver="ALT 7 times")
patient(INFLAMED, people=ALL, platelets="no unit", neutrophils="<1.0", liver="AST in ukat/L")
patient(INFLAMED, people=ALL, platelets="9 entered in error", neutrophils="0.2 entered in error",
        liver="AST 900 entered in error", crp="188 by high sensitivity", extra=["duplicates"])
patient(INFLAMED, people=ALL, platelets="corrected from 18 to 181", neutrophils="corrected from 0.4 to 4.0",
        crp="corrected from 16 to 160", ferritin=">2000 ng/mL", breathing="fast on room air")
patient(INFLAMED, people=ALL, platelets="12 issued after the round", stay="discharged after the round",
        immunosuppressant="baricitinib ordered after the round", extra=["died later"])
patient(INFLAMED, people=ALL, immunosuppressant="tocilizumab 3 days ago", allergy="anakinra")
patient(INFLAMED, people=ALL, immunosuppressant="tocilizumab 20 days ago", allergy="ruxolitinib")
patient(INFLAMED, people=ALL, immunosuppressant="azathioprine at home", steroid="prednisone 20 mg", age="of 71")
patient(INFLAMED, people=ALL, immunosuppressant="methotrexate contained", medication="contained", steroid="prednisone 10 mg")
patient(INFLAMED, people=ALL, immunosuppressant="tacrolimus by reference", transplant="kidney",
        steroid="prednisone 5 mg every 8 h")
patient(INFLAMED, people=ALL, immunosuppressant="baricitinib planned", medication="by reference",
        steroid="prednisone 40 mg for five days", liver="AST exactly 5 times")
patient(INFLAMED, people=ALL, medication="none", pcr="positive, lavage", stay="acute")
patient(INFLAMED, people=ALL, medication="a drug without a name", steroid="prednisone without a dose")
patient(INFLAMED, people=dict(ALL, **{"jakincov/E12": "yes", "jakincov/E14": "yes"}), infection="sepsis",
        vaccine="yellow fever 12 days ago")
patient(INFLAMED, people=dict(ALL, **{"jakincov/E13": "yes", "jakincov/E16": "yes"}), infection="zoster", allergy="anakinra refuted", vaccine="MMR five months ago")
patient(INFLAMED, people=dict(ALL, **{"jakincov/I4": "no", "jakincov/E17": "yes"}), infection="sepsis suspected", clock="utc")
patient(INFLAMED, infection="HIV", allergy="penicillin", people={"jakincov/E9": "yes", "elmekaty/E2": "yes"})
patient(INFLAMED, people=ALL, infection="sepsis resolved after the round", liver="no limit printed")
patient(INFLAMED, people=ALL, steroid="prednisone 15 mg at home", infection="hepatitis C cured", transplant="refuted", pcr="positive, specimen not named")
patient(INFLAMED, people=dict(ALL, **{"jakincov/I3a": "no", "jakincov/I3b": "yes", "jakincov/I4": "unknown", "jakincov/E15": "yes"}),
        language="portuguese", vaccine="influenza, inactivated", steroid="hydrocortisone 30 mg")
patient(INFLAMED, people=ALL, clock="none", pcr="positive long ago, negative now", medication="home",
        recorded=[("jakincov/I3a", True), ("elmekaty/I7", True), ("kaplanski/I5", False)])

# ---- The ward: moderate and mild -----------------------------------------------------------------
patient(MODERATE, people=ALL, platelets="50", neutrophils="1.5", steroid="methylprednisolone 16 mg by reference")
patient(MODERATE, crp="150 mg/L", breathing="fast, oxygen not said", imaging="X-ray: pneumonia, ten days old",
        pneumonia="coded in ICD-10", clock="kathmandu")
patient(MODERATE, crp=">90 mg/L", breathing="87 %, oxygen not said", inflammation="storm in part",
        imaging="X-ray in words only", pneumonia="none", people={"nct04334044/I3": "yes", "elmekaty/I6": "yes",
                                                                "jakincov/I2b": "yes"})
patient(MODERATE, crp="fell to 80", breathing="oxygen, rate not counted", ferritin="5200 pmol/L",
        inflammation="no limits printed", dyspnoea="none", immunosuppressant="azathioprine stopped 19 days ago",
        steroid="prednisone 5 mg at home")
patient(MODERATE, crp="no unit", ferritin="no unit", breathing="not charted", inflammation="not measured",
        platelets="none", neutrophils="none", liver="none", medication="old orders only", dyspnoea="none",
        imaging="none", pneumonia="none", language="not recorded", pcr="none")
patient(people=ALL, pcr="negative", dyspnoea="dyspnoea over", pneumonia="refuted", clock="none")
patient(pcr="negative, antigen positive", inflammation="long aPTT only", breathing="room air, as a finding",
        people={"nct04334044/*": "favourable"})
patient(pcr="antigen positive only", people=ALL, crp="310 entered in error", breathing="rate 40 entered in error")
patient(pcr="antigen negative only", crp="<5 mg/L", dyspnoea="distress refuted", inflammation="D-dimer in other units only",
        people={"jakincov/I2b": "no", "elmekaty/I6": "no", "nct04334044/I3": "no", "larosee/I2": "no", "elmekaty/I5": "no"},
        imaging="X-ray in words only")
patient(pcr="inconclusive", stay="visits only", age="of 18", crp="260 issued after the round", medication="home")
patient(pcr="serology only", age="of 17", crp="3.1 mg/dL", stay="discharged yesterday")
patient(pcr="issued after the round", age="born in 2002", stay="admitted after the round", ferritin="1900 issued after the round",
        imaging="CT read after the round")
patient(pcr="corrected to negative", age="born in 2003", platelets="five days old", sex="female", pregnancy="weaned",
        allergy="anakinra entered in error")
patient(pcr="corrected to negative after the round", people=ALL, age="of 86", sex="female", platelets="rose from 15",
        crp="100 mg/L", extra=["died later"])
patient(pcr="positive entered in error, negative", stay="entered in error", platelets="clotted sample",
        imaging="CT entered in error", age="not known", sex="female", infection="sepsis entered in error")
patient(pcr="positive in words only", stay="no encounter", platelets="number written as a word", neutrophils="no unit",
        liver="AST only", age="not known", pneumonia="suspected", dyspnoea="distress suspected", people={"larosee/I2": "unknown"})
patient(pcr="positive on stool only", infection="hepatitis B", allergy="anakinra by ATC", transplant="liver, as a procedure",
        steroid="methylprednisolone 12 mg", platelets="32", neutrophils="1400 /uL", crp="12 mg/dL", sex="recorded as unknown",
        immunosuppressant="anakinra by ATC")
patient(pcr="preliminary", stay="planned only, one visit", platelets="corrected after the round", infection="tuberculosis",
        imaging="CT preliminary", crp="240 mg/L, no limit printed", vaccine="yellow fever not done",
        immunosuppressant="tocilizumab entered in error")
patient(pcr="negative, LOINC answer", platelets="20", neutrophils="500 /mm3", vaccine="zoster live 25 days ago", clock="newfoundland",
        crp="three days old", infection="sepsis refuted", liver="AST >250", transplant="entered in error")

# ---- Intensive care ------------------------------------------------------------------------------
patient(VENTILATED, people=dict(ALL, **{"jakincov/I3a": "no", "jakincov/I3b": "yes"}), rescue="block")
patient(VENTILATED, people=ALL, breathing="ventilated, ratios in kPa", rescue="none", age="of 71", platelets="unit is no UCUM")
patient(VENTILATED, people=ALL, breathing="ventilated, gases in two units", rescue="nitric oxide only", ferritin="6400 ng/mL",
        infection="zoster long over", allergy="none")
patient(VENTILATED, people=ALL, breathing="ventilated, FiO2 without a unit", crp="8 mg/L", rescue="ended")
patient(VENTILATED, people=ALL, breathing="ventilated, one ratio", crp="8 mg/L", platelets="9", neutrophils="0.3")
patient(VENTILATED, people=ALL, breathing="ventilated, ratio 26 h apart", platelets=">100",
        immunosuppressant="tocilizumab 40 days ago")
patient(VENTILATED, people=ALL, breathing="ventilated for ten hours", inflammation="storm", steroid="dexamethasone for COVID-19 for long")
patient(VENTILATED, people=ALL, breathing="ventilated, ratio back to 320", crp="100 mg/L", platelets="9500 /mm3")
patient(VENTILATED, people=ALL, breathing="ventilated, prone not done", rescue="block and almitrine")
patient(VENTILATED, breathing="ventilated, prone not done", rescue="block and nitric oxide", people={"kaplanski/I2a2": "yes", "kaplanski/I5": "yes"})
patient(VENTILATED, people=ALL, breathing="extubated yesterday", stay="on the ward", extra=["absolute references"])
patient(VENTILATED, people=ALL, breathing="extubated after the round", stay="in intensive care", rescue="ended after the round")
patient(people=ALL, breathing="ventilation entered in error", immunosuppressant="not to be given", sex="female", age="of 47",
        pregnancy="positive test entered in error")
patient(INFLAMED, people=ALL, breathing="high flow", sex="female", age="of 34", pregnancy="serum test negative",
        platelets="normal in 10*3/uL")
patient(INFLAMED, breathing="30 a minute, 90 %", sex="female", age="of 55", pregnancy="test positive", language="french and arabic",
        infection="HIV refuted")
patient(RESCUE, people=ALL)
patient(RESCUE, people={"kaplanski/I5": "no"}, rescue="block and almitrine", age="of 71", extra=["duplicates"])
patient(RESCUE, people=ALL, breathing="on ECMO", rescue="block", ferritin="90 ug/L", infection="sepsis")
patient(RESCUE, people=ALL, breathing="on ECMO, ratio 150", rescue="block", bundle="with ids")
patient(RESCUE, breathing="on ECMO, oxygenator at 60 %", people=ALL, age="of 47", bundle="without ids")
patient(RESCUE, breathing="on ECMO, oxygenator not charted", ferritin="none", rescue="block", crp="none")
patient(RESCUE, breathing="weaned from ECMO", rescue="ended", people=ALL, pneumonia="coded in ICD-10",
        recorded=[("kaplanski/I5", True)])
