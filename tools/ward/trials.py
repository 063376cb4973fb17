"""The criteria of the five trials, as far as the ward's declared answers need them: which there are,
how groups combine, and who answers. Copied by hand from the sources' own lists; the rules of
combination are three-valued `and` and `or`."""

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
WORDS = {"y": MET, "n": NOT_MET, "?": UNKNOWN}


def both(*values):
    return "n" if "n" in values else "?" if "?" in values else "y"


def either(*values):
    return "y" if "y" in values else "?" if "?" in values else "n"


# Leaves, with a group before its items. "human": only a person can say. "ask": the record may say, and
# its silence is put to a person.
JAKINCOV = [
    ("I1", "include", None), ("I2", "include", "all"), ("I2a", "I2", None), ("I2b", "I2", "human"), ("I2c", "I2", None),
    ("I3", "include", "any"), ("I3a", "I3", "human"), ("I3b", "I3", "human"), ("I4", "include", "human"),
    ("I5", "include", None), ("E1", "exclude", None), ("E2", "exclude", None), ("E3", "exclude", None),
    ("E4", "exclude", None), ("E5", "exclude", None), ("E6", "exclude", None), ("E7", "exclude", None),
    ("E8", "exclude", "human"), ("E9", "exclude", "ask"), ("E10", "exclude", None), ("E11", "exclude", "ask"),
    ("E12", "exclude", "human"), ("E13", "exclude", "human"), ("E14", "exclude", "human"), ("E15", "exclude", "human"),
    ("E16", "exclude", "human"), ("E17", "exclude", "human")]
KAPLANSKI = [
    ("I1", "include", "all"), ("I1a", "I1", None), ("I1b", "I1", "human"), ("I2", "include", "all"),
    ("I2a", "I2", "any"), ("I2a1", "I2a", None), ("I2a2", "I2a", "human"), ("I2b", "I2", None), ("I2c", "I2", "any"),
    ("I2c1", "I2c", None), ("I2c2", "I2c", None), ("I2d", "I2", "any"), ("I2d1", "I2d", None), ("I2d2", "I2d", None),
    ("I2d3", "I2d", None), ("I3", "include", None), ("I4", "include", None), ("I5", "include", "human")]
ELMEKATY = [
    ("I1", "include", None), ("I2", "include", None), ("I3", "include", None), ("I4", "include", "human"),
    ("I5", "include", "human"), ("I6", "include", "human"), ("I7", "include", "human"), ("E1", "exclude", None),
    ("E2", "exclude", "ask"), ("E3", "exclude", None), ("E4", "exclude", None), ("E5", "exclude", None),
    ("E6", "exclude", "human")]
LAROSEE = [("I1", "include", None), ("I2", "include", "human"), ("I3", "include", None)]
NCT04334044 = [
    ("I1", "include", None), ("I2", "include", "human"), ("I3", "include", "human"), ("I4", "include", "human"),
    ("I5", "include", None), ("E1", "exclude", None), ("E2", "exclude", None), ("E3", "exclude", None), ("E4", "exclude", None)]
TRIALS = {"jakincov": JAKINCOV, "kaplanski": KAPLANSKI, "elmekaty": ELMEKATY, "larosee": LAROSEE, "nct04334044": NCT04334044}

# What a person who wants the patient in would not say to these two: they are the second ways to meet
# a criterion whose first way is met.
SECOND_WAYS = {"jakincov/I3b", "kaplanski/I2a2"}

# Criteria that cannot take every value, with the reason.
NEVER = {
    ("jakincov/E5", UNKNOWN): "a known history: silence is read as none",
    ("jakincov/E10", UNKNOWN): "a known allergy: silence is read as none",
    ("elmekaty/E1", UNKNOWN): "a known allergy: silence is read as none",
    ("nct04334044/E4", UNKNOWN): "a known infection: silence is read as none",
}


def leaves(facts):
    """What the record alone answers, by "trial/criterion", from the declared answers of the levels."""
    f = facts
    out = {name: value for name, value in f.items() if "/" in name}
    silent = f["silent"]
    drug = lambda value: silent if value == "-" else value
    may_be_pregnant = both(f["female"], f["asked"])
    pregnant = {"n": "n", "y": f["pregnant"], "?": "n" if f["pregnant"] == "n" else "?"}[may_be_pregnant]
    low = int(f["inflammation low"]) + sum(
        points for points, value in ((3, f["imaging score"]), (2, f["crp score"]), (2, f["ferritin score"])) if value == "y")
    high = int(f["inflammation high"]) + sum(
        points for points, value in ((3, f["imaging score"]), (2, f["crp score"]), (2, f["ferritin score"])) if value != "n")
    out.update({
        "jakincov/I1": f["jak"], "jakincov/I2a": f["hospitalised"],
        # Stage 2b: hypoxic pneumonia with CRP > 150; or stage 3.
        "jakincov/I2c": either(both(f["hypoxic"], f["over150"]), f["stage3"]),
        "jakincov/I5": f["adult"], "jakincov/E1": pregnant, "jakincov/E6": drug(f["week"]),
        "jakincov/E7": drug(f["jakincov/E7"]),
        "kaplanski/I1a": f["any"], "kaplanski/I2b": drug(f["block"]), "kaplanski/I2c2": drug(f["gas"]),
        "kaplanski/I3": both(f["over100"], f["over1000"]), "kaplanski/I4": f["over18"],
        "elmekaty/I1": f["hospitalised"], "elmekaty/I2": f["adult"], "elmekaty/I3": f["any"], "elmekaty/E3": drug(f["month"]),
        "larosee/I1": f["any"], "larosee/I3": "y" if low >= 10 else "n" if high < 10 else "?",
        "nct04334044/I1": f["nct"], "nct04334044/I5": f["adult"], "nct04334044/E1": pregnant,
    })
    return out


def with_groups(trial, values):
    """Adds the groups: values by criterion id of one trial."""
    out = dict(values)
    for name, _, kind in reversed(TRIALS[trial]):
        if kind in ("all", "any"):
            items = [out[item] for item, parent, _ in TRIALS[trial] if parent == name]
            out[name] = (both if kind == "all" else either)(*items)
    return out


def asks_person(trial, name):
    return any(item == name and kind in ("human", "ask") for item, _, kind in TRIALS[trial])


def status(trial, values):
    """Eligible when all of include are met and none of exclude is; not eligible when one decides so;
    else pending_human when favourable answers of people alone would make the patient eligible."""
    def decide(given):
        top = [(given[name], where == "include") for name, where, _ in TRIALS[trial] if where in ("include", "exclude")]
        if any(value == ("n" if include else "y") for value, include in top):
            return "not_eligible"
        return "undecided" if any(value == "?" for value, _ in top) else "eligible"

    first = decide(values)
    if first != "undecided":
        return first
    hope = {}
    for name, where, kind in TRIALS[trial]:
        if kind in ("all", "any"):
            continue
        favourable = "n" if where == "exclude" else "y"
        hope[name] = favourable if values[name] == "?" and kind in ("human", "ask") else values[name]
    return "pending_human" if decide(with_groups(trial, hope)) == "eligible" else "undecided"
