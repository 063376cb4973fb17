/* Presenters of designs: sizes, power, boundaries. They take options only. */
#include "dist/dist.h"
#include "stats/group_sequential.h"
#include "stats/present_model.h"
#include "stats/sample_size.h"
#include "stats/single_arm.h"

static int sides(const struct stats_run *run) {
    return run_choice(run, STATS_ALTERNATIVE) == STATS_TWO_SIDED ? 2 : 1;
}

static struct design_error error_of(const struct stats_run *run) {
    return (struct design_error){.alpha = run_number(run, STATS_ALPHA),
                                 .sides = sides(run),
                                 .power = run_number(run, STATS_POWER),
                                 .n1 = run_number(run, STATS_N),
                                 .ratio = run_number(run, STATS_RATIO),
                                 .strict = run_choice(run, STATS_BOTH_TAILS) == STATS_YES};
}

/* True when all are given; else refuses, naming the first that is not. */
static bool all_given(struct stats_run *run, const enum stats_option *options, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (isnan(run_number(run, options[i]))) {
            run_refuse(run, "give --%s: %s", stats_option_infos[options[i]].name,
                       stats_option_infos[options[i]].summary);
            return false;
        }
    }
    return true;
}

/* heeds: the method tells rejections on the wrong side from those on the right one. */
static void note_error(struct stats_run *run, bool heeds) {
    bool one_tail = heeds && sides(run) == 2 && run_choice(run, STATS_BOTH_TAILS) != STATS_YES;
    run_note(run, "alpha %g, %s-sided%s", run_number(run, STATS_ALPHA),
             sides(run) == 2 ? "two" : "one",
             one_tail ? "; rejections on the wrong side are not counted as power" : "");
}

static void show_groups(struct stats_run *run, double n1, double n2) {
    (void)run_estimate(run, n1, n2 > 0 ? "subjects in the first group" : "subjects");
    if (n2 > 0) {
        (void)run_estimate(run, n2, "subjects in the second group");
    }
    (void)run_estimate(run, ceil(n1 - 1e-9) + ceil(n2 - 1e-9),
                       n2 > 0 ? "subjects to recruit, each group rounded up"
                              : "subjects to recruit, rounded up");
}

static void show_size(struct stats_run *run, const struct design_size *size, bool heeds_tails) {
    if (!run_applies(run, size->refusal, NULL, 0)) {
        return;
    }
    (void)run_estimate(run, size->power, "power");
    if (isnan(run_number(run, STATS_N))) {
        show_groups(run, size->n1, size->n2);
    }
    note_error(run, heeds_tails);
}

void stats_power_proportions(struct stats_run *run) {
    static const enum stats_option needed[] = {STATS_P1, STATS_P2};
    if (!all_given(run, needed, 2)) {
        return;
    }
    struct design_error error = error_of(run);
    struct design_size size =
        size_two_proportions(run_number(run, STATS_P1), run_number(run, STATS_P2), &error);
    show_size(run, &size, true);
    run_note(run, "normal approximation, pooled variance under the hypothesis, without continuity "
                  "correction");
}

void stats_power_fisher(struct stats_run *run) {
    static const enum stats_option needed[] = {STATS_P1, STATS_P2};
    struct design_error error = error_of(run);
    struct design_size size;
    if (all_given(run, needed, 2) &&
        run_status(run, size_fisher(run->arena, run_number(run, STATS_P1),
                                    run_number(run, STATS_P2), &error, &size))) {
        show_size(run, &size, false);
        run_note(run, "exact sum over all tables; as n grows the power goes up and down, so larger "
                      "groups can have less");
    }
}

static void power_t(struct stats_run *run, bool two_groups) {
    static const enum stats_option needed[] = {STATS_DELTA, STATS_SD};
    if (!all_given(run, needed, 2)) {
        return;
    }
    struct design_error error = error_of(run);
    struct design_size size =
        size_t_test(run_number(run, STATS_DELTA), run_number(run, STATS_SD), two_groups, &error);
    show_size(run, &size, true);
    run_note(run, two_groups
                      ? "t test with a pooled variance, non-central t"
                      : "t test of one sample or of differences within pairs (--sd is theirs), "
                        "non-central t");
}

void stats_power_t(struct stats_run *run) {
    power_t(run, true);
}

void stats_power_t_paired(struct stats_run *run) {
    power_t(run, false);
}

/* event[2]: how probable the event is in each group while a subject is observed; NAN: not told. */
static bool events_told(struct stats_run *run, double event[2]) {
    static const enum stats_option timing[] = {STATS_MEDIAN, STATS_ACCRUAL, STATS_FOLLOW_UP};
    double ratio = run_number(run, STATS_HAZARD_RATIO);
    double p1 = run_number(run, STATS_P1);
    bool by_time = run_given(run, STATS_MEDIAN) || run_given(run, STATS_ACCRUAL) ||
                   run_given(run, STATS_FOLLOW_UP) || run_given(run, STATS_LOSS_RATE);
    if (!by_time) {
        event[0] = p1;
        event[1] = -expm1(ratio * log1p(-p1));
        return true;
    }
    if (!isnan(p1)) {
        run_refuse(run, "--p1 and --median say the same thing: give one of them");
        return false;
    }
    if (!all_given(run, timing, 3)) {
        return false;
    }
    double hazard = log(2.0) / run_number(run, STATS_MEDIAN);
    double accrual = run_number(run, STATS_ACCRUAL);
    double follow_up = run_number(run, STATS_FOLLOW_UP);
    double loss = run_number(run, STATS_LOSS_RATE);
    if (!(accrual + follow_up > 0)) {
        run_refuse(run, "nobody is observed: --accrual and --follow-up are both 0");
        return false;
    }
    event[0] = event_probability(hazard, loss, accrual, follow_up);
    event[1] = event_probability(hazard * ratio, loss, accrual, follow_up);
    return true;
}

static void show_events(struct stats_run *run, const struct design_events *out,
                        const double event[2]) {
    bool by_time = run_given(run, STATS_MEDIAN);
    if (by_time) {
        (void)run_estimate(run, event[0], "probability of the event while observed, first group");
        (void)run_estimate(run, event[1], "probability of the event while observed, second group");
    }
    show_groups(run, out->n1, out->n2);
    if (by_time) {
        run_note(run,
                 "constant hazards; recruitment at an even pace over %g, the analysis %g after the "
                 "start; loss to follow-up with hazard %g",
                 run_number(run, STATS_ACCRUAL),
                 run_number(run, STATS_ACCRUAL) + run_number(run, STATS_FOLLOW_UP),
                 run_number(run, STATS_LOSS_RATE));
    } else {
        run_note(run,
                 "--p1 is the proportion of the first group with the event while observed; the "
                 "second group's follows from the hazard ratio");
    }
}

void stats_power_log_rank(struct stats_run *run) {
    static const enum stats_option needed[] = {STATS_HAZARD_RATIO};
    double event[2];
    if (!all_given(run, needed, 1) || !events_told(run, event)) {
        return;
    }
    struct design_error error = error_of(run);
    bool freedman = run_choice(run, STATS_FORMULA) == LOG_RANK_FREEDMAN;
    struct design_events out =
        size_log_rank(run_number(run, STATS_HAZARD_RATIO), event,
                      freedman ? LOG_RANK_FREEDMAN : LOG_RANK_SCHOENFELD, &error);
    if (!run_applies(run, out.refusal, NULL, 0)) {
        return;
    }
    (void)run_estimate(run, out.power, "power");
    (void)run_estimate(run, out.events, "events, both groups");
    if (!isnan(out.n1)) {
        show_events(run, &out, event);
    }
    run_note(run,
             "%s's formula; --n counts events, the hazard ratio is the second group's to the "
             "first's",
             freedman ? "Freedman" : "Schoenfeld");
    note_error(run, true);
}

void stats_power_ordinal(struct stats_run *run) {
    static const enum stats_option needed[] = {STATS_ODDS_RATIO};
    const struct stats_setting *p = &run->settings[STATS_PROBABILITIES];
    if (!all_given(run, needed, 1)) {
        return;
    }
    if (p->number_count < 2) {
        run_refuse(run, "give --probabilities of the first group's categories, in order");
        return;
    }
    struct design_error error = error_of(run);
    struct design_size size =
        size_ordinal(p->numbers, p->number_count, run_number(run, STATS_ODDS_RATIO), &error);
    show_size(run, &size, true);
    run_note(run,
             "proportional odds; the odds ratio is the second group's to the first's, of being in "
             "an earlier category");
}

/* ---- Group-sequential ---- */

static double *fractions_of(struct stats_run *run, uint32_t *looks) {
    const struct stats_setting *given = &run->settings[STATS_FRACTIONS];
    double asked = run_number(run, STATS_LOOKS);
    if (given->number_count) {
        *looks = given->number_count;
        if (!isnan(asked) && asked != *looks) {
            run_refuse(run, "--looks %g and %u --fractions do not agree", asked, *looks);
            return NULL;
        }
        return given->numbers;
    }
    if (!(asked >= 1 && asked <= 50) || asked != floor(asked)) {
        run_refuse(run, "give --looks, a whole number from 1 to 50, or --fractions");
        return NULL;
    }
    *looks = (uint32_t)asked;
    double *equal = run_doubles(run, *looks);
    for (uint32_t k = 0; equal && k < *looks; k++) {
        equal[k] = k + 1 == *looks ? 1 : (k + 1) / asked;
    }
    return equal;
}

static void show_looks(struct stats_run *run, uint32_t looks, const struct sequential_result *out) {
    struct stats_table *table = run_table(run, "looks", looks, 6);
    if (!table) {
        return;
    }
    double *columns[6];
    static const char *const names[] = {"look",      "information", "critical Z",
                                        "nominal p", "alpha spent", "power"};
    static const int places[] = {0, 4, 4, -1, -1, 4};
    for (uint32_t c = 0; c < 6; c++) {
        columns[c] = run_table_numbers(run, table, c, names[c], places[c]);
    }
    for (uint32_t k = 0; k < looks && !run->result->no_memory; k++) {
        const struct sequential_look *look = &out->looks[k];
        const double cells[] = {k + 1.0,         look->fraction, look->critical,
                                look->nominal_p, look->spent,    look->power};
        for (uint32_t c = 0; c < 6; c++) {
            columns[c][k] = cells[c];
        }
    }
}

void stats_group_sequential(struct stats_run *run) {
    uint32_t looks;
    const double *fractions = fractions_of(run, &looks);
    if (!fractions) {
        return;
    }
    struct sequential_design design = {
        .boundary = (enum sequential_boundary)run_choice(run, STATS_BOUNDARY),
        .alpha = run_number(run, STATS_ALPHA),
        .sides = sides(run),
        .looks = looks,
        .fractions = fractions,
        .power = run_number(run, STATS_POWER)};
    struct sequential_result out;
    if (!run_status(run, sequential_boundaries(run->arena, &design, &out)) ||
        !run_applies(run, out.refusal, NULL, 0)) {
        return;
    }
    show_looks(run, looks, &out);
    if (!isnan(out.inflation)) {
        (void)run_estimate(run, out.inflation, "largest size / fixed design's");
        (void)run_estimate(run, out.expected_null, "mean size without effect / fixed design's");
        (void)run_estimate(run, out.expected_effect, "mean size with the effect / fixed design's");
    }
    run_note(run, "alpha %g, %s-sided; stopping for efficacy only", design.alpha,
             design.sides == 2 ? "two" : "one");
}

/* ---- One group ---- */

static bool single_arm(struct stats_run *run, struct single_arm_design *out) {
    static const enum stats_option needed[] = {STATS_P1, STATS_P2, STATS_POWER};
    double n_max = run_number(run, STATS_N_MAX);
    if (!all_given(run, needed, 3)) {
        return false;
    }
    if (!(n_max >= 2 && n_max <= 500)) {
        run_refuse(run, "--n-max must lie between 2 and 500");
        return false;
    }
    *out = (struct single_arm_design){.p0 = run_number(run, STATS_P1),
                                      .p1 = run_number(run, STATS_P2),
                                      .alpha = run_number(run, STATS_ALPHA),
                                      .power = run_number(run, STATS_POWER),
                                      .n_max = (uint32_t)n_max};
    run_note(run, "one-sided: --p1 is the response not worth pursuing, --p2 the one hoped for");
    return true;
}

void stats_simon(struct stats_run *run) {
    struct single_arm_design design;
    struct simon_result out;
    if (!single_arm(run, &design) || !run_status(run, simon_two_stage(run->arena, &design, &out)) ||
        !run_applies(run, out.refusal, NULL, 0)) {
        return;
    }
    struct stats_table *table = run_table(run, "designs", 2, 9);
    if (!table) {
        return;
    }
    struct str *name = run_table_texts(run, table, 0, "design");
    static const char *const names[] = {"r1",     "n1",         "r",     "n",
                                        "mean n", "stop early", "alpha", "power"};
    static const int places[] = {0, 0, 0, 0, 2, 4, 4, 4};
    double *columns[8];
    for (uint32_t c = 0; c < 8; c++) {
        columns[c] = run_table_numbers(run, table, c + 1, names[c], places[c]);
    }
    const struct simon_design *both[] = {&out.optimal, &out.minimax};
    for (uint32_t k = 0; k < 2 && !run->result->no_memory; k++) {
        const struct simon_design *d = both[k];
        const double cells[] = {d->r1,         d->n1,         d->r,     d->n,
                                d->expected_n, d->stop_early, d->alpha, d->power};
        name[k] = k ? STR("minimax") : STR("optimal");
        for (uint32_t c = 0; c < 8; c++) {
            columns[c][k] = cells[c];
        }
    }
    run_note(run,
             "stop when at most r1 of n1 respond; not promising when at most r of n do; mean n "
             "and stop early when the response is --p1");
}

void stats_ahern(struct stats_run *run) {
    struct single_arm_design design;
    if (!single_arm(run, &design)) {
        return;
    }
    struct ahern_result out = ahern_single_stage(&design);
    if (!run_applies(run, out.refusal, NULL, 0)) {
        return;
    }
    (void)run_estimate(run, out.n, "subjects");
    (void)run_estimate(run, out.cut, "responses needed");
    (void)run_estimate(run, out.alpha, "alpha");
    (void)run_estimate(run, out.power, "power");
    run_note(run, "the smallest size that keeps both errors; larger ones can miss them");
}
