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
