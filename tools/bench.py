#!/usr/bin/env python3
"""./dev bench NAME: runs a benchmark and prints each figure as a ratio in one run.

screen  Quell screening N generated patients, beside the JSON parser reading every key of the same
        files, in turn, so that a drift of the machine's speed hits both. One core.
cql     the engine: raw NDJSON beside the same ceiling (a trial, every code wanted, Bundles; one and two threads),
        the cohort cache (one define on one code, a whole trial), memory by size of the ward, time until ready.
        One core is measured in processor seconds, several in wall seconds.
check   the time of `quell check` on each trial.
"""
import argparse
import itertools
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
SHARED = pathlib.Path(os.environ.get("QUELL_SHARED", ROOT.parent / "shared"))


def run(command):
    """Wall seconds, user + system seconds, peak bytes of one run with its output thrown away."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode != 0:
        sys.stderr.write(errors.decode(errors="replace"))
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {child.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def generated(patients):
    """NDJSON of so many patients, made once."""
    maker = SHARED / "tools" / "make-ward.mjs"
    if not maker.exists() or not shutil.which("node"):
        print("bench screen: skipped: the generator of patients (shared/tools/make-ward.mjs, node) is not here")
        return None
    folder = BUILD / "bench" / f"ward-{patients}"
    if not (folder / "done").exists():
        print(f"making {patients} patients ...", file=sys.stderr)
        subprocess.run(["node", maker, "--n", str(patients), "--format", "ndjson", "--out", folder], check=True,
                       stdout=subprocess.DEVNULL)
        (folder / "done").write_text("")
    return folder / "ndjson"


def line(name, values, unit, digits=1):
    low, high = min(values), max(values)
    print(f"  {name:<34}{statistics.median(values):>12,.{digits}f} {unit:<12}[{low:,.{digits}f} to {high:,.{digits}f}]")


def bench_screen(args):
    folder = generated(args.patients)
    if folder is None:
        return
    files = sorted(folder.glob("*.ndjson"))
    size = sum(f.stat().st_size for f in files)
    quell = [BUILD / "src/cli/quell", "screen", ROOT / "trials" / args.trial, folder, "--format", "json", "--quiet",
             "--threads", "1"]
    ceiling = [BUILD / "tests/bench/parse_all", *files]
    run(quell), run(ceiling)
    ours, theirs, memory = [], [], []
    for _ in range(args.rounds):
        wall, _, peak = run(quell)
        ours.append(wall)
        memory.append(peak)
        theirs.append(run(ceiling)[0])
    print(f"screen {args.trial}: {args.patients} patients, {size / 1e6:,.0f} MB of NDJSON, one core, {args.rounds} rounds in turn")
    line("Quell", [args.patients / t for t in ours], "patients/s", 0)
    line("", [size / 1e6 / t for t in ours], "MB/s", 0)
    line("peak memory", [m / 1e6 for m in memory], "MB", 0)
    line("the parser reading every key", [size / 1e6 / t for t in theirs], "MB/s", 0)
    line("ratio, Quell / parser", [b / a for a, b in zip(ours, theirs)], "(goal 0.7)", 2)


ONE_CODE = """library One using FHIR version '4.0.1' include FHIRHelpers version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
code "Creatinine": '2160-0' from "LOINC"
context Patient
define "Measured": exists [Observation: "Creatinine"]
"""
EVERY_CODE = """library Every using FHIR version '4.0.1' include FHIRHelpers version '4.0.1'
context Patient
define "All": Count([Observation]) + Count([Condition]) + Count([Encounter]) + Count([MedicationRequest])
"""
QUELL = BUILD / "src/cli/quell"


def bundles(ndjson, folder):
    """The same records, a Bundle a patient's worth of lines, made once."""
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(ndjson.glob("*.ndjson")):
            with path.open() as lines:
                for number in itertools.count():
                    entries = ",".join('{"resource":' + text.rstrip() + "}" for text in itertools.islice(lines, 400))
                    if not entries:
                        break
                    (folder / f"{path.stem}-{number:05}.json").write_text(
                        '{"resourceType":"Bundle","type":"collection","entry":[' + entries + "]}")
        (folder / "done").write_text("")
    return folder


def in_turn(rounds, *commands):
    """For each command its processor seconds, wall seconds and peak bytes, run in turn after one warm run."""
    for command in commands:
        run(command)
    figures = [[] for _ in commands]
    for _ in range(rounds):
        for i, command in enumerate(commands):
            wall, cpu, peak = run(command)
            figures[i].append((cpu, wall, peak))
    return figures


def pick(figures, column):
    return [figure[column] for figure in figures]


def bench_raw(args, ndjson, every):
    ceiling = [BUILD / "tests/bench/parse_all", *sorted(ndjson.glob("*.ndjson"))]
    screen = [QUELL, "screen", ROOT / "trials" / args.trial, ndjson, "--format", "json", "--quiet", "--threads"]
    as_bundles = bundles(ndjson, ndjson.parent / "bundles")
    cases = in_turn(args.rounds, ceiling, [*screen, "1"], [*screen, "2"],
                    [QUELL, "eval", every, "--data", ndjson, "--quiet", "--threads", "1"],
                    [QUELL, "screen", ROOT / "trials" / args.trial, as_bundles, "--format", "json", "--quiet",
                     "--threads", "1"])
    top = pick(cases[0], 0)
    for name, case, goal in [(f"screen {args.trial}", cases[1], "(goal 0.7)"), ("eval, every code wanted", cases[3], ""),
                             (f"screen {args.trial}, Bundles", cases[4], "")]:
        line(name, [args.patients / t for t in pick(case, 0)], "patients/s", 0)
        line("  ratio to the parser", [a / b for a, b in zip(top, pick(case, 0))], goal, 2)
    line("two threads, times faster", [a / b for a, b in zip(pick(cases[1], 1), pick(cases[2], 1))], "(goal 1.9)", 2)


def everybody_measured(path, patients):
    """Patients with a creatinine each: what one define on one code costs, start and end left aside."""
    with path.open("w") as out:
        for i in range(patients):
            patient, result = (str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{i}")) for kind in "po")
            out.write(f'{{"resourceType":"Patient","id":"{patient}","birthDate":"19{20 + i % 70}-03-04"}}\n'
                      f'{{"resourceType":"Observation","id":"{result}","status":"final","code":{{"coding":[{{"system":'
                      f'"http://loinc.org","code":"2160-0"}}]}},"subject":{{"reference":"Patient/{patient}"}},'
                      f'"effectiveDateTime":"2021-02-{1 + i % 28:02}T08:00:00Z","valueQuantity":{{"value":'
                      f'{0.5 + i % 30 / 10:.1f},"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}}}}\n')


def bench_cache(args, ndjson, one):
    cache, empty, measured_cache = (ndjson.parent / f"{name}.quell" for name in ("cache", "empty", "measured"))
    nobody, measured_ndjson = ndjson.parent / "empty.ndjson", ndjson.parent / "measured.ndjson"
    nobody.write_text('{"resourceType":"Patient","id":"nobody"}\n')
    everybody_measured(measured_ndjson, args.measured)
    run([QUELL, "index", nobody, "-o", empty, "-q"])
    run([QUELL, "index", measured_ndjson, "-o", measured_cache, "-q"])
    wall, cpu, peak = run([QUELL, "index", ndjson, "-o", cache, "-q", "--threads", "1"])
    line("index", [args.patients / cpu], "patients/s", 0)
    line("  peak memory", [peak / 1e6], "MB", 0)
    line("  the cache", [cache.stat().st_size / 1e6], "MB", 0)
    measured = ["eval", one, "--define", "Measured", "--now", "2021-03-01T00:00:00Z", "--quiet", "--threads", "1", "--data"]
    trial = ["screen", ROOT / "trials" / args.trial, "--format", "json", "--quiet", "--threads", "1"]
    cases = in_turn(args.rounds, [QUELL, *measured, measured_cache], [QUELL, *measured, empty], [QUELL, *trial, cache],
                    [QUELL, *trial, empty])
    for name, patients, full, none, goal in [
            ("from the cache, one define", args.measured, cases[0], cases[1], "(goal 1,000,000)"),
            (f"from the cache, screen {args.trial}", args.patients, cases[2], cases[3], "(goal 20,000)")]:
        line(name, [patients / max(a - b, 1e-6) for a, b in zip(pick(full, 0), pick(none, 0))],
             "patients/s " + goal, 0)
    line("ready: eval of one define", [w * 1e3 for w in pick(cases[1], 1)], "ms (goal 20)", 1)


def bench_cql(args):
    ndjson = generated(args.patients)
    if ndjson is None:
        return
    one, every = ndjson.parent / "One.cql", ndjson.parent / "Every.cql"
    one.write_text(ONE_CODE)
    every.write_text(EVERY_CODE)
    size = sum(f.stat().st_size for f in ndjson.glob("*.ndjson"))
    print(f"cql: {args.patients} patients, {size / 1e6:,.0f} MB of NDJSON, {args.rounds} rounds in turn")
    bench_raw(args, ndjson, every)
    bench_cache(args, ndjson, one)
    for patients in args.sizes:
        folder = generated(patients)
        _, _, peak = run([QUELL, "screen", ROOT / "trials" / args.trial, folder, "--format", "json", "--quiet",
                          "--threads", "1"])
        line(f"peak memory, {patients} patients", [peak / 1e6], "MB", 0)


def bench_check(args):
    for trial in sorted(p.parent for p in (ROOT / "trials").glob("*/trial.yaml")):
        times = [run([BUILD / "src/cli/quell", "check", trial])[0] * 1e3 for _ in range(args.rounds)]
        line(f"check {trial.name}", times, "ms (goal 50)", 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="all", choices=["all", "screen", "cql", "check"])
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--measured", type=int, default=200000, help="patients of the cache for one define on one code")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--trial", default="elmekaty")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 4000], help="wards whose memory is measured")
    args = parser.parse_args()
    if args.name in ("all", "screen"):
        bench_screen(args)
    if args.name in ("all", "cql"):
        bench_cql(args)
    if args.name in ("all", "check"):
        bench_check(args)


main()
