# Courses by hand. Read by run_courses.py; every line was written from the sources and the readings in
# trials/*/README.md.


def doses(drug, dose, state, *times):
    """(day, time) pairs of one state."""
    return [f"{drug}|{day}|{time}|{dose}|{state}" for day, time in times]


# ---- Elmekaty: 100 mg every 12 h for 3 days, then once daily for 4 days: ten injections -------------

EVENING = [(1, "2021-01-10T21:00"), (1, "2021-01-11T09:00"), (2, "2021-01-11T21:00"), (2, "2021-01-12T09:00"),
           (3, "2021-01-12T21:00"), (3, "2021-01-13T09:00"), (4, "2021-01-13T21:00"), (5, "2021-01-14T21:00"),
           (6, "2021-01-15T21:00"), (7, "2021-01-16T21:00")]

course("elmekaty", "evening start, all ten given", "2021-01-18T07:00:00+03:00",
       doses("anakinra", "100 mg", "given", *EVENING),
       [given("anakinra", t + ":00+03:00", 100) for _, t in EVENING],
       arm="anakinra", allocated="2021-01-10T21:00:00+03:00")

course("elmekaty", "evening start, asked on the morning of the third calendar day: three injections to come are q12h",
       "2021-01-12T08:00:00+03:00",
       doses("anakinra", "100 mg", "given", *EVENING[:3]) + doses("anakinra", "100 mg", "planned", *EVENING[3:]),
       [given("anakinra", t + ":00+03:00", 100) for _, t in EVENING[:3]],
       arm="anakinra", allocated="2021-01-10T21:00:00+03:00")

course("elmekaty", "one missed, one refused, one three and a half hours late; none is made up",
       "2021-01-18T07:00:00+03:00",
       doses("anakinra", "100 mg", "given", EVENING[0]) + doses("anakinra", "100 mg", "missed", EVENING[1])
       + doses("anakinra", "100 mg", "not given", EVENING[2]) + doses("anakinra", "100 mg", "given late", EVENING[3])
       + doses("anakinra", "100 mg", "given", *EVENING[4:]),
       [given("anakinra", "2021-01-10T21:00:00+03:00", 100),
        given("anakinra", "2021-01-11T21:05:00+03:00", status="not-done", reason="refused"),
        given("anakinra", "2021-01-12T12:30:00+03:00", 100)]
       + [given("anakinra", t + ":00+03:00", 100) for _, t in EVENING[4:]],
       arm="anakinra", allocated="2021-01-10T21:00:00+03:00")

course("elmekaty", "standard of care: the trial gives nothing", "2021-01-12T08:00:00+03:00", [],
       [], arm="soc", allocated="2021-01-10T21:00:00+03:00")

# ---- NCT04334044: 5 mg twice a day for 14 days, one arm ---------------------------------------------

course("nct04334044", "begins with the first dose; the clock goes back on 25 October: 12 h are 12 h",
       "2020-10-25T12:00:00-06:00",
       doses("ruxolitinib", "5 mg", "given",
             (1, "2020-10-24T08:00"), (1, "2020-10-24T20:00"), (2, "2020-10-25T07:00"))
       + doses("ruxolitinib", "5 mg", "planned",
             (2, "2020-10-25T19:00"), (3, "2020-10-26T07:00"), (3, "2020-10-26T19:00"), (4, "2020-10-27T07:00"),
             (4, "2020-10-27T19:00"), (5, "2020-10-28T07:00"), (5, "2020-10-28T19:00"), (6, "2020-10-29T07:00"),
             (6, "2020-10-29T19:00"), (7, "2020-10-30T07:00"), (7, "2020-10-30T19:00"), (8, "2020-10-31T07:00"),
             (8, "2020-10-31T19:00"), (9, "2020-11-01T07:00"), (9, "2020-11-01T19:00"), (10, "2020-11-02T07:00"),
             (10, "2020-11-02T19:00"), (11, "2020-11-03T07:00"), (11, "2020-11-03T19:00"), (12, "2020-11-04T07:00"),
             (12, "2020-11-04T19:00"), (13, "2020-11-05T07:00"), (13, "2020-11-05T19:00"), (14, "2020-11-06T07:00"),
             (14, "2020-11-06T19:00")),
       [given("ruxolitinib", "2020-10-24T08:00:00-05:00", 5), given("ruxolitinib", "2020-10-24T20:00:00-05:00", 5),
        given("ruxolitinib", "2020-10-25T07:00:00-06:00", 5)])

course("nct04334044", "complete after 14 days; nothing is planned on day 15", "2020-12-20T12:00:00-06:00",
       doses("ruxolitinib", "5 mg", "given", *[(d, f"2020-12-{d:02}T{h}:00") for d in range(1, 15) for h in ("08", "20")]),
       [given("ruxolitinib", f"2020-12-{d:02}T{h}:00:00-06:00", 5) for d in range(1, 15) for h in ("08", "20")])

course("nct04334044", "an amount that nobody recorded, and one that is not the dose; a third dose in a day is outside",
       "2020-12-02T07:00:00-06:00",
       doses("ruxolitinib", "5 mg", "given", (1, "2020-12-01T08:00")) + ["ruxolitinib|1|||outside plan"]
       + doses("ruxolitinib", "5 mg", "given", (1, "2020-12-01T20:00"))
       + doses("ruxolitinib", "5 mg", "planned",
               *[(d, f"2020-12-{d:02}T{h}:00") for d in range(2, 15) for h in ("08", "20")]),
       [given("ruxolitinib", "2020-12-01T08:00:00-06:00"), given("ruxolitinib", "2020-12-01T11:00:00-06:00", 5),
        given("ruxolitinib", "2020-12-01T20:00:00-06:00", 10)])

# ---- Kaplanski: anakinra 300 mg for 11 days, tapered to day 14 (200, 200, 100); ruxolitinib 5 mg bid, 28 days

MARCH = [f"2020-03-{d:02}" for d in range(20, 32)] + [f"2020-04-{d:02}" for d in range(1, 30)]
TAPER = {12: "200 mg", 13: "200 mg", 14: "100 mg"}


def kaplanski(given_days, clock, summer, last=14):
    """Anakinra once a day from 20 March: at `clock` in winter, an hour later from 29 March on."""
    out = []
    for day in range(1, last + 1):
        time = summer if MARCH[day - 1] >= "2020-03-29" else clock
        out.append(f"anakinra|{day}|{MARCH[day - 1]}T{time}|{TAPER.get(day, '300 mg')}|"
                   + ("given" if day <= given_days else "planned"))
    return out


def twice(last, morning, evening, state):
    """Ruxolitinib on the mornings and evenings of so many days from 20 March, summer time an hour later."""
    out = []
    for day in range(1, last + 1):
        summer = MARCH[day - 1] >= "2020-03-29"
        out += [f"ruxolitinib|{day}|{MARCH[day - 1]}T{h + summer:02}:00|5 mg|{state}" for h in (morning, evening)]
    return out


def merged(*lists):
    return sorted((line for lines in lists for line in lines), key=lambda line: (line.split("|")[2], line))


def at_local(day, hour, winter_offset="+01:00"):
    summer = MARCH[day - 1] >= "2020-03-29"
    return f"{MARCH[day - 1]}T{hour + summer:02}:00:00" + ("+02:00" if summer else winter_offset)


SCHEDULE = [300] * 11 + [200, 200, 100]
ANAKINRA = [given("anakinra", at_local(d, 9), SCHEDULE[d - 1]) for d in range(1, 15)]
RUXOLITINIB = [given("ruxolitinib", at_local(d, h), 5) for d in range(1, 29) for h in (9, 21)]

course("kaplanski", "both in full: 3800 mg and 280 mg; summer time begins on 29 March, and 24 h after 09:00 is 10:00",
       "2020-04-20T12:00:00+02:00",
       merged(kaplanski(14, "09:00", "10:00"), twice(28, 9, 21, "given")), ANAKINRA + RUXOLITINIB)

course("kaplanski", "ruxolitinib interrupted after 15 days: the rest is missed, nothing is made up",
       "2020-04-20T12:00:00+02:00",
       merged(kaplanski(14, "09:00", "10:00"),
              [line if int(line.split("|")[1]) <= 15 else line.replace("|given", "|missed")
               for line in twice(28, 9, 21, "given")]),
       ANAKINRA + RUXOLITINIB[:30])

course("kaplanski", "the taper follows another reading: the doses given are shown as they were",
       "2020-04-03T12:00:00+02:00",
       merged(kaplanski(14, "09:00", "10:00"), twice(14, 9, 21, "given"),
              ["ruxolitinib|15|2020-04-03T10:00|5 mg|given"],
              [line for line in twice(28, 9, 21, "planned")
               if (line.split("|")[2] > "2020-04-03T10:00")]),
       [given("anakinra", at_local(d, 9), ([300] * 11 + [300, 100, 100])[d - 1]) for d in range(1, 15)]
       + RUXOLITINIB[:29])

# ---- JAKINCOV: by stage --------------------------------------------------------------------------

CRP, RATE, FERRITIN = "1988-5", "9279-1", "2276-4"
STAGE_2B = [lab(CRP, "2020-09-01T07:00:00+02:00", 200, "mg/L"), lab(RATE, "2020-09-01T08:00:00+02:00", 34, "/min")]
NO_ARDS = [{"resourceType": "Procedure", "status": "in-progress", "performedPeriod": {"start": "2020-08-31T08:00:00+02:00"},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "371907003"}]}}]

course("jakincov", "stage 2b: 300 mg for five days, then a taper that the registry does not give",
       "2020-09-06T09:00:00+02:00",
       doses("anakinra", "300 mg", "given", *[(d, f"2020-09-{d:02}T10:00") for d in range(1, 6)])
       + ["anakinra|6|2020-09-06T10:00||undecided"],
       STAGE_2B + NO_ARDS + [given("anakinra", f"2020-09-{d:02}T10:00:00+02:00", 300) for d in range(1, 6)],
       arm="anakinra-ruxolitinib", allocated="2020-09-01T10:00:00+02:00", site="toulon-sainte-musse")

# What decides evolved stage 3 is never complete here: only its sign that is there, and the stage 2b of entry.

VENTILATED = procedure("1258985005", "2020-08-30T08:00:00+02:00")


def ratios(value, *times):
    """PaO2/FiO2 as the ventilator gives it."""
    return [lab("50984-4", t + ":00+02:00", value, "mm[Hg]") for t in times]


def dose_days(drug, dose, state, first, last, *clocks, month="2020-09", start=1):
    """Days first..last of September 2020, dose day counted from `start`; several clocks a day in order."""
    return [f"{drug}|{d - start + 1}|{month}-{d:02}T{c}|{dose}|{state}" for d in range(first, last + 1) for c in clocks]


course("jakincov", "evolved stage 3 at entry by ferritin: both drugs, anakinra 14 days, ruxolitinib 28 days of two; grid from 11:00",
       "2020-09-02T08:00:00+02:00",
       merged(["anakinra|1|2020-09-01T10:00|300 mg|given"], dose_days("anakinra", "300 mg", "planned", 2, 14, "11:00"),
              ["ruxolitinib|1|2020-09-01T10:00|5 mg|given", "ruxolitinib|1|2020-09-01T23:00|5 mg|given"],
              dose_days("ruxolitinib", "5 mg", "planned", 2, 28, "11:00", "23:00")),
       [VENTILATED, lab(FERRITIN, "2020-09-01T07:00:00+02:00", 6000, "ng/mL"),
        given("anakinra", "2020-09-01T11:00:00+02:00", 300), given("ruxolitinib", "2020-09-01T11:00:00+02:00", 5),
        given("ruxolitinib", "2020-09-01T23:00:00+02:00", 5)]
       + ratios(120, "2020-08-31T00:00", "2020-08-31T08:00", "2020-08-31T16:00", "2020-09-01T00:00", "2020-09-01T08:00",
                "2020-09-01T16:00", "2020-09-02T00:00"),
       arm="anakinra-ruxolitinib", allocated="2020-09-01T10:00:00+02:00", site="toulon-sainte-musse",
       decisions=["2020-09-01T10:00|start|ana-long|", "2020-09-01T10:00|start|rux|"], asks=[])

# Ventilated from 2 September 08:00; by 3 September 15:00 the ratios span 09:00 to 14:00 of the next day.
NORADRENALINE = {"resourceType": "MedicationAdministration", "status": "in-progress",
                 "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "7512"}]}}


def noradrenaline(start, end, rate):
    period = {"start": start + ":00+02:00"}
    if end:
        period["end"] = end + ":00+02:00"
    return {**NORADRENALINE, "status": "completed" if end else "in-progress", "effectivePeriod": period,
            "dosage": {"rateQuantity": {"value": rate, "unit": "mg/h", "system": UCUM, "code": "mg/h"}}}


course("jakincov", "from stage 2b to evolved 3 on 3 September 15:00: the long course replaces the short one, the 14 days count from the "
       "first anakinra; falling to 2.9 mg/h of noradrenaline withdraws nothing",
       "2020-09-06T08:00:00+02:00",
       merged(dose_days("anakinra", "300 mg", "given", 1, 5, "10:00"), dose_days("anakinra", "300 mg", "planned", 6, 14, "10:00"),
              ["ruxolitinib|1|2020-09-03T15:00|5 mg|given"],
              ["ruxolitinib|1|2020-09-04T06:00|5 mg|given", "ruxolitinib|2|2020-09-04T18:00|5 mg|given",
               "ruxolitinib|2|2020-09-05T06:00|5 mg|given", "ruxolitinib|3|2020-09-05T18:00|5 mg|missed",
               "ruxolitinib|3|2020-09-06T06:00|5 mg|given"],
              [f"ruxolitinib|{d - 2}|2020-09-{d:02}T18:00|5 mg|planned" for d in range(6, 31)],
              [f"ruxolitinib|{d - 3}|2020-09-{d:02}T06:00|5 mg|planned" for d in range(7, 31)],
              ["ruxolitinib|28|2020-10-01T06:00|5 mg|planned"]),
       STAGE_2B + NO_ARDS + [procedure("1258985005", "2020-09-02T08:00:00+02:00"),
                             noradrenaline("2020-09-03T15:00", "2020-09-04T15:00", 3.5),
                             noradrenaline("2020-09-04T15:00", None, 2.9)]
       + ratios(150, "2020-09-02T09:00", "2020-09-02T17:00", "2020-09-03T01:00", "2020-09-03T09:00", "2020-09-03T14:00",
                "2020-09-03T22:00", "2020-09-04T06:00", "2020-09-04T14:00", "2020-09-04T22:00", "2020-09-05T06:00",
                "2020-09-05T14:00", "2020-09-05T22:00", "2020-09-06T06:00")
       + [given("anakinra", f"2020-09-{d:02}T10:00:00+02:00", 300) for d in range(1, 6)]
       + [given("ruxolitinib", t + ":00+02:00", 5) for t in
          ("2020-09-03T18:00", "2020-09-04T06:00", "2020-09-04T18:00", "2020-09-05T06:00", "2020-09-06T06:00")],
       arm="anakinra-ruxolitinib", allocated="2020-09-01T10:00:00+02:00", site="toulon-sainte-musse",
       # Ventilated for more than 24 h from 08:00 on, the ratios not yet: until then nobody knows.
       decisions=["2020-09-01T10:00|start|ana-short|", "2020-09-03T08:00|wait|ana-long|", "2020-09-03T08:00|wait|rux|",
                  "2020-09-03T15:00|start|ana-long|",
                  "2020-09-03T15:00|replaced|ana-short|", "2020-09-03T15:00|start|rux|"])

course("jakincov", "ARDS for more than a day, and nobody measured what makes it evolved: nothing can be decided, and nothing is planned",
       "2020-09-01T12:00:00+02:00", [],
       [VENTILATED] + ratios(150, "2020-08-31T00:00", "2020-08-31T08:00", "2020-08-31T16:00", "2020-09-01T00:00",
                             "2020-09-01T08:00"),
       arm="anakinra-ruxolitinib", allocated="2020-09-01T10:00:00+02:00", site="toulon-sainte-musse",
       asks=["Stage 2b or 3 only", "Evolved stage 3", "Evolved stage 3"])  # a question for each of three courses

course("jakincov", "evening start, the third dose missed; two days of a taper by the investigator: shown as given, the next is asked",
       "2020-09-08T09:00:00+02:00",
       ["anakinra|1|2020-09-01T20:00|300 mg|given", "anakinra|2|2020-09-02T21:00|300 mg|given",
        "anakinra|3|2020-09-03T21:00|300 mg|missed", "anakinra|4|2020-09-04T21:00|300 mg|given",
        "anakinra|5|2020-09-05T21:00|300 mg|given", "anakinra|6|2020-09-06T21:00||given", "anakinra|7|2020-09-07T21:00||given",
        "anakinra|8|2020-09-08T21:00||undecided"],
       STAGE_2B + NO_ARDS + [given("anakinra", f"2020-09-{d:02}T21:00:00+02:00", mg)
                             for d, mg in ((1, 300), (2, 300), (4, 300), (5, 300), (6, 200), (7, 100))],
       arm="anakinra-ruxolitinib", allocated="2020-09-01T20:00:00+02:00", site="toulon-sainte-musse")

# ---- Kaplanski, NCT04334044: one more each -----------------------------------------------------------

course("kaplanski", "anakinra begins two days after ruxolitinib, in the evening: each drug counts its own days; summer time on 29 March",
       "2020-03-24T12:00:00+01:00",
       merged(["ruxolitinib|1|2020-03-20T09:00|5 mg|given", "ruxolitinib|1|2020-03-20T21:00|5 mg|given",
               "ruxolitinib|2|2020-03-21T09:00|5 mg|given", "ruxolitinib|2|2020-03-21T21:00|5 mg|missed",
               "ruxolitinib|3|2020-03-22T09:00|5 mg|given", "ruxolitinib|3|2020-03-22T21:00|5 mg|given",
               "ruxolitinib|4|2020-03-23T09:00|5 mg|given", "ruxolitinib|4|2020-03-23T21:00|5 mg|given",
               "ruxolitinib|5|2020-03-24T09:00|5 mg|given"],
              [line for line in twice(28, 9, 21, "planned") if line.split("|")[2] > "2020-03-24T10:00"],
              ["anakinra|1|2020-03-20T09:00|300 mg|given", "anakinra|2|2020-03-23T21:00|300 mg|given"],
              [f"anakinra|{d}|2020-03-{d + 21}T21:00|300 mg|planned" for d in range(3, 8)],
              [f"anakinra|{d}|2020-03-{d + 21}T22:00|300 mg|planned" for d in range(8, 11)],
              ["anakinra|11|2020-04-01T22:00|300 mg|planned", "anakinra|12|2020-04-02T22:00|200 mg|planned",
               "anakinra|13|2020-04-03T22:00|200 mg|planned", "anakinra|14|2020-04-04T22:00|100 mg|planned"]),
       [r for k, r in enumerate(RUXOLITINIB[:9]) if k != 3]
       + [given("anakinra", "2020-03-22T21:00:00+01:00", 300), given("anakinra", "2020-03-23T21:00:00+01:00", 300)])

course("nct04334044", "included at 18:00 by the consent, nothing given an hour later: the first dose is due, the others count from now",
       "2020-12-01T19:00:00-06:00",
       ["ruxolitinib|1|2020-12-01T18:00|5 mg|due", "ruxolitinib|1|2020-12-02T07:00|5 mg|planned"]
       + [line for d in range(2, 15) for line in (f"ruxolitinib|{d}|2020-12-{d:02}T19:00|5 mg|planned",
                                                  f"ruxolitinib|{d}|2020-12-{d + 1:02}T07:00|5 mg|planned")],
       [answered("nct04334044/I4", "2020-12-01T18:00:00-06:00")])

# ---- The COVID-19 Inflammation Score, with all its items: points as variant A of trials/library/Cis.cql ----


def cis(when, crp=250, ferritin=2000):
    """All ten items: 14 points; 12 without CRP above 20 times normal, 10 without ferritin above twice normal too."""
    return [lab("1988-5", when, crp, "mg/L", 5), lab("2276-4", when, ferritin, "ng/mL", 300),
            lab("2571-8", when, 300, "mg/dL", 150), lab("26881-3", when, 100, "pg/mL", 7),
            lab("3255-7", when, 600, "mg/dL", 400), lab("6690-2", when, 8, "10*9/L", 10),
            lab("731-0", when, 0.8, "10*9/L"), lab("48065-7", when, 2000, "ng/mL{FEU}", 500),
            lab("8310-5", when, 37.5, "Cel"),
            {"resourceType": "DiagnosticReport", "status": "final", "effectiveDateTime": when, "issued": when,
             "code": {"coding": [{"system": LOINC, "code": "30745-4"}]},
             "conclusionCode": [{"coding": [{"system": SNOMED, "code": "128309002"}]}]}]


def fallen(when):
    return cis(when, crp=50, ferritin=500)


def bid(first, count, offset, mg, clocks):
    """`count` doses twice a day from a date of one month, at two clock times in order."""
    month, day = first[:8], int(first[8:10])
    return [given("ruxolitinib", f"{month}{day + k // 2:02}T{clocks[k % 2]}:00{offset}", mg) for k in range(count)]


# ---- La Rosée: the dose is the investigator's order; steps are proposed on days 5 and 7 after initiation ----

APRIL = "+02:00"


def april(day_first, day_last, dose, state, *clocks):
    return [f"ruxolitinib|{d}|2020-04-{d:02}T{c}|{dose}|{state}" for d in range(day_first, day_last + 1) for c in clocks]


course("larosee", "the score has not fallen 120 h after the first dose: a step is proposed, and the investigator orders 10 mg",
       "2020-04-07T08:00:00+02:00",
       april(1, 5, "5 mg", "given", "10:00", "22:00") + april(6, 6, "5 mg", "given", "10:00")
       + april(6, 6, "10 mg", "given", "22:00") + april(7, 14, "10 mg", "planned", "10:00", "22:00"),
       cis("2020-04-01T08:00:00+02:00") + cis("2020-04-06T08:00:00+02:00")
       + [order("ruxolitinib", "2020-04-01T09:00:00+02:00", 5, 12, "completed", until="2020-04-06T15:00:00+02:00"),
          order("ruxolitinib", "2020-04-06T15:00:00+02:00", 10, 12)]
       + bid("2020-04-01", 11, APRIL, 5, ("10:00", "22:00")) + [given("ruxolitinib", "2020-04-06T22:00:00+02:00", 10)],
       decisions=["2020-04-01T10:00|start|rux|", "2020-04-06T10:00|propose|step-up|step up"], asks=[])

course("larosee", "evening start in the night before summer time; the score fell from 14 to 10, a quarter and more: nothing is proposed; "
       "the fifth dose missed; 14 days of 24 h end on the evening of 11 April",
       "2020-04-12T12:00:00+02:00",
       ["ruxolitinib|1|2020-03-28T20:00|5 mg|given", "ruxolitinib|1|2020-03-29T09:00|5 mg|given",
        "ruxolitinib|2|2020-03-29T21:00|5 mg|given", "ruxolitinib|2|2020-03-30T09:00|5 mg|given",
        "ruxolitinib|3|2020-03-30T21:00|5 mg|missed", "ruxolitinib|3|2020-03-31T09:00|5 mg|given",
        "ruxolitinib|4|2020-03-31T21:00|5 mg|given"]
       + [line for d in range(1, 11) for line in (f"ruxolitinib|{d + 3}|2020-04-{d:02}T09:00|5 mg|given",
                                                  f"ruxolitinib|{d + 4}|2020-04-{d:02}T21:00|5 mg|given")]
       + ["ruxolitinib|14|2020-04-11T09:00|5 mg|given"],
       cis("2020-03-28T18:00:00+01:00") + fallen("2020-04-02T08:00:00+02:00") + fallen("2020-04-04T08:00:00+02:00")
       + [order("ruxolitinib", "2020-03-28T19:00:00+01:00", 5, 12), given("ruxolitinib", "2020-03-28T20:00:00+01:00", 5)]
       + [given("ruxolitinib", t + ":00+02:00", 5) for t in
          ["2020-03-29T09:00", "2020-03-29T21:00", "2020-03-30T09:00", "2020-03-31T09:00", "2020-03-31T21:00"]
          + [f"2020-04-{d:02}T{c}" for d in range(1, 11) for c in ("09:00", "21:00")] + ["2020-04-11T09:00"]],
       decisions=["2020-03-28T20:00|start|rux|", "2020-04-11T21:00|complete|rux|"], asks=[])

course("larosee", "the order was stopped, nobody knows when: it is in force at no time, so no dose can be decided",
       "2020-04-01T12:00:00+02:00",
       ["ruxolitinib|1|2020-04-01T10:00||given"] + april(2, 14, "", "undecided", "10:00"),
       cis("2020-04-01T08:00:00+02:00")
       + [order("ruxolitinib", "2020-04-01T09:00:00+02:00", 5, 12, "stopped"),
          given("ruxolitinib", "2020-04-01T10:00:00+02:00", 5)],
       decisions=["2020-04-01T10:00|start|rux|"], asks=["the investigator's order"])

course("larosee", "120 h after the first dose nobody has measured the score: it is asked, and the dose stays",
       "2020-04-06T12:00:00+02:00",
       april(1, 5, "5 mg", "given", "10:00", "22:00") + april(6, 6, "5 mg", "given", "10:00")
       + april(6, 6, "5 mg", "planned", "22:00") + april(7, 14, "5 mg", "planned", "10:00", "22:00"),
       cis("2020-04-01T08:00:00+02:00") + [order("ruxolitinib", "2020-04-01T09:00:00+02:00", 5, 12)]
       + bid("2020-04-01", 11, APRIL, 5, ("10:00", "22:00")),
       decisions=["2020-04-01T10:00|start|rux|", "2020-04-06T10:00|ask|step-up|"], asks=["CIS not falling"])

# ---- RuxCoFlam: 10 mg twice a day, steps of 5 mg proposed on days 3, 5 and 7; 7 days, longer by order ----


def may(day_first, day_last, dose, state, *clocks):
    """Treatment from 4 May 2020."""
    return [f"ruxolitinib|{d - 3}|2020-05-{d:02}T{c}|{dose}|{state}" for d in range(day_first, day_last + 1) for c in clocks]


def in_may(day_first, day_last, mg, *clocks):
    return [given("ruxolitinib", f"2020-05-{d:02}T{c}:00+02:00", mg) for d in range(day_first, day_last + 1) for c in clocks]


course("ruxcoflam", "both steps are taken: ordered an hour after each proposal; on day 7 the score has fallen, and it is asked whether to go on",
       "2020-05-11T12:00:00+02:00",
       may(4, 5, "10 mg", "given", "08:00", "20:00") + may(6, 6, "10 mg", "given", "08:00") + may(6, 6, "15 mg", "given", "20:00")
       + may(7, 7, "15 mg", "given", "08:00", "20:00") + may(8, 8, "15 mg", "given", "08:00") + may(8, 8, "20 mg", "given", "20:00")
       + may(9, 10, "20 mg", "given", "08:00", "20:00"),
       cis("2020-05-04T06:00:00+02:00") + cis("2020-05-06T06:00:00+02:00") + cis("2020-05-08T06:00:00+02:00")
       + fallen("2020-05-10T06:00:00+02:00")
       + [order("ruxolitinib", "2020-05-04T07:00:00+02:00", 10, 12, until="2020-05-06T09:00:00+02:00"),
          order("ruxolitinib", "2020-05-06T09:00:00+02:00", 15, 12, until="2020-05-08T09:00:00+02:00"),
          order("ruxolitinib", "2020-05-08T09:00:00+02:00", 20, 12)]
       + in_may(4, 5, 10, "08:00", "20:00") + in_may(6, 6, 10, "08:00") + in_may(6, 6, 15, "20:00")
       + in_may(7, 7, 15, "08:00", "20:00") + in_may(8, 8, 15, "08:00") + in_may(8, 8, 20, "20:00")
       + in_may(9, 10, 20, "08:00", "20:00"),
       decisions=["2020-05-04T08:00|start|rux|", "2020-05-06T08:00|propose|step-up|15-mg", "2020-05-06T09:00|accepted|step-up|15-mg",
                  "2020-05-08T08:00|propose|step-up|20-mg", "2020-05-08T09:00|accepted|step-up|20-mg",
                  "2020-05-10T08:00|propose|go-on|decide whether treatment goes on after day 7, at most to day 28",
                  "2020-05-11T08:00|complete|rux|"], asks=[])

course("ruxcoflam", "a step is proposed on day 3 and nobody orders it: the dose stays 10 mg",
       "2020-05-07T12:00:00+02:00",
       may(4, 6, "10 mg", "given", "08:00", "20:00") + may(7, 7, "10 mg", "given", "08:00") + may(7, 7, "10 mg", "planned", "20:00")
       + may(8, 10, "10 mg", "planned", "08:00", "20:00"),
       cis("2020-05-04T06:00:00+02:00") + cis("2020-05-06T06:00:00+02:00")
       + [order("ruxolitinib", "2020-05-04T07:00:00+02:00", 10, 12)]
       + in_may(4, 6, 10, "08:00", "20:00") + in_may(7, 7, 10, "08:00"),
       decisions=["2020-05-04T08:00|start|rux|", "2020-05-06T08:00|propose|step-up|15-mg"], asks=[])

course("ruxcoflam", "evening start, the fourth dose missed; the score of day 3 comes the next morning: asked, then proposed; 15 mg given "
       "without an order is the acceptance",
       "2020-05-07T12:00:00+02:00",
       ["ruxolitinib|1|2020-05-04T21:00|10 mg|given", "ruxolitinib|1|2020-05-05T09:00|10 mg|given",
        "ruxolitinib|2|2020-05-05T21:00|10 mg|given", "ruxolitinib|2|2020-05-06T09:00|10 mg|missed",
        "ruxolitinib|3|2020-05-06T21:00|10 mg|given", "ruxolitinib|3|2020-05-07T09:00|15 mg|given",
        "ruxolitinib|4|2020-05-07T21:00|15 mg|planned", "ruxolitinib|4|2020-05-08T09:00|15 mg|planned",
        "ruxolitinib|5|2020-05-08T21:00|15 mg|planned", "ruxolitinib|5|2020-05-09T09:00|15 mg|planned",
        "ruxolitinib|6|2020-05-09T21:00|15 mg|planned", "ruxolitinib|6|2020-05-10T09:00|15 mg|planned",
        "ruxolitinib|7|2020-05-10T21:00|15 mg|planned", "ruxolitinib|7|2020-05-11T09:00|15 mg|planned"],
       cis("2020-05-04T18:00:00+02:00") + cis("2020-05-07T07:00:00+02:00")
       + in_may(4, 4, 10, "21:00") + in_may(5, 5, 10, "09:00", "21:00") + in_may(6, 6, 10, "21:00") + in_may(7, 7, 15, "09:00"),
       decisions=["2020-05-04T21:00|start|rux|", "2020-05-06T21:00|ask|step-up|", "2020-05-07T07:00|propose|step-up|15-mg",
                  "2020-05-07T09:00|accepted|step-up|15-mg"], asks=[])

course("ruxcoflam", "the score fell at once; on day 7 an order without an end: treatment goes on to day 28 at most, as ordered",
       "2020-05-11T12:00:00+02:00",
       may(4, 10, "10 mg", "given", "08:00", "20:00") + may(11, 11, "10 mg", "given", "08:00") + may(11, 11, "10 mg", "planned", "20:00")
       + may(12, 31, "10 mg", "planned", "08:00", "20:00"),
       cis("2020-05-04T06:00:00+02:00") + fallen("2020-05-06T06:00:00+02:00") + fallen("2020-05-08T06:00:00+02:00")
       + fallen("2020-05-10T06:00:00+02:00")
       + [order("ruxolitinib", "2020-05-04T07:00:00+02:00", 10, 12, until="2020-05-11T08:00:00+02:00"),
          order("ruxolitinib", "2020-05-10T11:00:00+02:00", 10, 12)]
       + in_may(4, 10, 10, "08:00", "20:00") + in_may(11, 11, 10, "08:00"),
       decisions=["2020-05-04T08:00|start|rux|",
                  "2020-05-10T08:00|propose|go-on|decide whether treatment goes on after day 7, at most to day 28",
                  "2020-05-10T11:00|start|rux-longer|", "2020-05-11T08:00|complete|rux|"], asks=[])

# ---- holds: rules that the worked trials do not state (tests/trials/holds) ----------------------------


def platelets(day, value):
    return lab("777-3", f"2021-03-{day:02}T07:00:00+01:00", value, "10*9/L")


def march(day_first, day_last, dose, state, *clocks):
    return [f"ruxolitinib|{d}|2021-03-{d:02}T{c}|{dose}|{state}" for d in range(day_first, day_last + 1) for c in clocks]


def in_march(day_first, day_last, mg, *clocks):
    return [given("ruxolitinib", f"2021-03-{d:02}T{c}:00+01:00", mg) for d in range(day_first, day_last + 1) for c in clocks]


course("holds", "held at 14, still held at 17, on again at 22, one level lower",
       "2021-03-05T07:30:00+01:00",
       march(1, 1, "10 mg", "given", "08:00", "20:00") + march(2, 3, "", "held", "08:00", "20:00")
       + march(4, 4, "5 mg", "given", "08:00", "20:00") + march(5, 10, "5 mg", "planned", "08:00", "20:00"),
       [platelets(1, 60), platelets(2, 14), platelets(3, 17), platelets(4, 22), platelets(5, 30)]
       + in_march(1, 1, 10, "08:00", "20:00") + in_march(4, 4, 5, "08:00", "20:00"),
       decisions=["2021-03-01T08:00|start|rux|", "2021-03-02T07:00|hold|platelets|", "2021-03-04T07:00|resume|platelets|",
                  "2021-03-04T07:00|reduce|platelets|low"])

course("holds", "platelets older than 24 h are not known: asked, and the dose stays as it is",
       "2021-03-02T09:00:00+01:00",
       march(1, 1, "10 mg", "given", "08:00", "20:00") + march(2, 2, "10 mg", "given", "08:00") + march(2, 2, "10 mg", "planned", "20:00")
       + march(3, 10, "10 mg", "planned", "08:00", "20:00"),
       [platelets(1, 60)] + in_march(1, 1, 10, "08:00", "20:00") + in_march(2, 2, 10, "08:00"),
       decisions=["2021-03-01T08:00|start|rux|", "2021-03-02T07:00|ask|platelets|"])

course("holds", "held for 7 days: then it stops for good, though platelets recover a day later",
       "2021-03-10T12:00:00+01:00",
       march(1, 1, "10 mg", "given", "08:00", "20:00") + march(2, 8, "", "held", "08:00", "20:00"),
       [platelets(1, 60)] + [platelets(d, 14) for d in range(2, 10)] + [platelets(10, 40)] + in_march(1, 1, 10, "08:00", "20:00"),
       decisions=["2021-03-01T08:00|start|rux|", "2021-03-02T07:00|hold|platelets|", "2021-03-09T07:00|hold ended|platelets|",
                  "2021-03-09T07:00|stop|platelets|"])

course("holds", "anakinra 2 mg/kg of 62 kg, in tens 120 mg; creatinine of 2.4 mg/dL from 3 March: 60 mg every other day on the same grid",
       "2021-03-04T12:00:00+01:00",
       merged(march(1, 4, "10 mg", "given", "08:00") + march(1, 3, "10 mg", "given", "20:00") + march(4, 4, "10 mg", "planned", "20:00")
              + march(5, 10, "10 mg", "planned", "08:00", "20:00"),
              ["anakinra|1|2021-03-01T09:00|120 mg|given", "anakinra|2|2021-03-02T09:00|120 mg|given",
               "anakinra|3|2021-03-03T09:00|60 mg|given"]),
       [platelets(d, 60) for d in range(1, 5)] + in_march(1, 3, 10, "08:00", "20:00") + in_march(4, 4, 10, "08:00")
       + [lab("29463-7", "2021-03-01T07:00:00+01:00", 62, "kg"), lab("2160-0", "2021-03-01T07:00:00+01:00", 1.1, "mg/dL"),
          lab("2160-0", "2021-03-03T07:00:00+01:00", 2.4, "mg/dL"), answered("holds/anakinra", "2021-03-01T09:00:00+01:00")]
       + [given("anakinra", f"2021-03-{d:02}T09:00:00+01:00", mg) for d, mg in ((1, 120), (2, 120), (3, 60))])

# The clock goes forward on 28 March at 01:00 UTC, and nothing else happens on that day. The course looks at 22:00 UTC, midnight
# in Berlin, not at 23:00, where midnight would have been before.
course("holds", "anakinra from 29 March on begins at midnight, though the clock went forward the day before",
       "2021-03-29T00:40:00+02:00",
       ["ruxolitinib|1|2021-03-27T08:00|10 mg|given", "anakinra|1|2021-03-29T00:00|120 mg|given",
        "anakinra|2|2021-03-30T00:30|120 mg|planned", "anakinra|3|2021-03-31T00:30|120 mg|planned",
        "anakinra|4|2021-04-01T00:30|120 mg|planned"],
       [lab("777-3", "2021-03-27T23:30:00+01:00", 60, "10*9/L"), lab("751-8", "2021-03-27T10:00:00+01:00", 0.4, "10*9/L"),
        lab("29463-7", "2021-03-27T07:00:00+01:00", 62, "kg"), lab("2160-0", "2021-03-27T07:00:00+01:00", 1.1, "mg/dL"),
        {**answered("holds/anakinra-from", "2021-03-27T07:00:00+01:00"), "effectiveDateTime": "2021-03-29"},
        given("ruxolitinib", "2021-03-27T08:00:00+01:00", 10), given("anakinra", "2021-03-29T00:30:00+02:00", 120)],
       decisions=["2021-03-27T08:00|start|rux|", "2021-03-27T08:00|ask|platelets|", "2021-03-27T10:00|stop|neutrophils|",
                  "2021-03-29T00:00|start|ana|"])

# The clock goes back on 31 October at 01:00 UTC: midnight in Berlin comes at 23:00 UTC. At 22:00 UTC, where it would have been
# before, it is 23:00 of 31 October, and nothing may begin.
course("holds", "anakinra from 1 November on begins at midnight and no hour before, though the clock went back the day before",
       "2021-11-01T00:40:00+01:00",
       ["ruxolitinib|1|2021-10-30T08:00|10 mg|given", "anakinra|1|2021-11-01T00:00|120 mg|given",
        "anakinra|2|2021-11-02T00:30|120 mg|planned", "anakinra|3|2021-11-03T00:30|120 mg|planned",
        "anakinra|4|2021-11-04T00:30|120 mg|planned"],
       [lab("777-3", "2021-10-30T23:30:00+02:00", 60, "10*9/L"), lab("751-8", "2021-10-30T10:00:00+02:00", 0.4, "10*9/L"),
        lab("29463-7", "2021-10-30T07:00:00+02:00", 62, "kg"), lab("2160-0", "2021-10-30T07:00:00+02:00", 1.1, "mg/dL"),
        {**answered("holds/anakinra-from", "2021-10-30T07:00:00+02:00"), "effectiveDateTime": "2021-11-01"},
        given("ruxolitinib", "2021-10-30T08:00:00+02:00", 10), given("anakinra", "2021-11-01T00:30:00+01:00", 120)],
       decisions=["2021-10-30T08:00|start|rux|", "2021-10-30T08:00|ask|platelets|", "2021-10-30T10:00|stop|neutrophils|",
                  "2021-11-01T00:00|start|ana|"])
