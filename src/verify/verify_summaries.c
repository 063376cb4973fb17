/* Claims about percentages, sums, means with their SD, p values over occasions, and units. */
#include "dist/dist.h"
#include "stats/t_test.h"
#include "trial/limit_words.h"
#include "verify/calculate.h"
#include "verify/plausible.h"
#include "verify/verify_internal.h"

void check_compute(struct check *c) {
    double x;
    size_t bad;
    if (!trial_given(c->claim->compute.place)) {
        (void)check_fail(c, c->claim->span, "this check needs `compute`");
        return;
    }
    struct str formula = c->claim->compute.text;
    if (!calculate(formula, &x, &bad)) {
        (void)check_fail(c, c->claim->compute.place.span,
                         "'%.*s' cannot be computed, from character %zu on", STR_ARG(formula),
                         bad + 1);
        return;
    }
    (void)check_try(c, check_text(c, "%.*s", STR_ARG(formula)), x, NAN);
    check_decide(c);
}

/* Which counts would give what is printed: a wrong count, a wrong total, or none. */
static void note_near_counts(struct check *c) {
    double k = c->k[0];
    double n = c->n[0];
    double share = c->printed.value[0] / 100;
    struct str printed = check_text(c, "%.*f %%", c->printed.decimals[0], c->printed.value[0]);
    double count = floor(share * n);
    for (int up = 0; up < 2; up++) {
        if (count + up <= n && printed_holds(&c->printed, 0, 100 * (count + up) / n)) {
            check_note(c, "%.0f/%.0f would be %.*s", count + up, n, STR_ARG(printed));
            return;
        }
    }
    check_note(c, "no count of %.0f gives %.*s", n, STR_ARG(printed));
    double total = share > 0 ? floor(k / share) : 0;
    for (int up = 0; up < 2; up++) {
        if (total + up >= k && total + up > 0 && fabs(total + up - n) <= fmax(3, n / 5) &&
            printed_holds(&c->printed, 0, 100 * k / (total + up))) {
            check_note(c, "%.0f/%.0f would be %.*s: is the total right?", k, total + up,
                       STR_ARG(printed));
            return;
        }
    }
}

/* "35 (87.5)": the count, which must be that of `counts`, then the percentage. */
static bool take_count(struct check *c) {
    if (c->printed.form != PRINTED_SPREAD) {
        return true;
    }
    if (!c->printed.bracket || c->printed.value[0] != c->k[0]) {
        (void)check_fail(c, c->claim->printed.place.span,
                         "the count printed before the percentage is not the %.0f of `counts`",
                         c->k[0]);
        return false;
    }
    c->printed.form = PRINTED_VALUE;
    c->printed.value[0] = c->printed.value[1];
    c->printed.decimals[0] = c->printed.decimals[1];
    return true;
}

void check_percent(struct check *c) {
    if (c->group_count != 1 || c->n[0] == 0) {
        (void)check_fail(c, c->claim->span, "this check needs `counts`, one count of a total");
        return;
    }
    if (!take_count(c)) {
        return;
    }
    bool bare = !c->printed.percent && c->printed.value[0] <= 1 && c->printed.decimals[0] >= 2;
    double share = c->k[0] / c->n[0];
    c->printed.percent = true;
    if (!check_try(c, check_text(c, "%.0f/%.0f", c->k[0], c->n[0]), 100 * share, NAN) && bare) {
        c->printed.percent = false;
        if (check_try(c, check_text(c, "%.0f/%.0f as a proportion", c->k[0], c->n[0]), share,
                      NAN)) {
            check_note(c, "printed as a proportion, not as a percentage");
        }
    }
    check_decide(c);
    if (c->out->verdict == VERDICT_INCONSISTENT) {
        note_near_counts(c);
    }
    check_note_intervals(c);
}

/* ---- Mean and SD ---- */

/* 0.388 printed as 3.8: the digits agree and the point does not. */
static void note_slip(struct check *c, const char *what, int which, double computed) {
    const struct printed *p = &c->printed;
    for (int power = -3; power <= 3; power++) {
        double moved = computed * pow(10, power);
        enum rounding how = printed_rounding(moved, p->value[which], p->decimals[which]);
        if (power != 0 && how != ROUND_NONE && computed != 0) {
            check_note(
                c,
                "the %s is printed as if the decimal point had slipped by %d digit%s: %.6g is "
                "meant%s",
                what, power < 0 ? -power : power, power == 1 || power == -1 ? "" : "s", computed,
                how == ROUND_CUT ? ", its digits cut off" : "");
            return;
        }
    }
}

void check_summary(struct check *c) {
    const struct trial_number_list *values = &c->claim->values;
    const struct trial_number_list *times = &c->claim->times;
    if (values->count == 0 || values->count != times->count) {
        (void)check_fail(c, c->claim->span, "this check needs `values` and as many `times`");
        return;
    }
    double n = 0;
    double sum = 0;
    for (uint32_t i = 0; i < values->count; i++) {
        double t = check_number(&times->items[i]);
        if (t < 0 || t != floor(t)) {
            (void)check_fail(c, times->place.span,
                             "`times` are whole numbers: how often each value occurs");
            return;
        }
        n += t;
        sum += t * check_number(&values->items[i]);
    }
    if (n < 2) {
        (void)check_fail(c, times->place.span, "this check needs two values or more");
        return;
    }
    double squares = 0;
    for (uint32_t i = 0; i < values->count; i++) {
        double d = check_number(&values->items[i]) - sum / n;
        squares += check_number(&times->items[i]) * d * d;
    }
    double sd = sqrt(squares / (n - 1));
    bool spread = c->printed.form == PRINTED_SPREAD;
    if (!check_try(c, check_text(c, "mean%s of %.0f values", spread ? " and SD (n - 1)" : "", n),
                   sum / n, sd) &&
        spread &&
        !check_try(c, check_text(c, "mean and SD (n) of %.0f values", n), sum / n,
                   sqrt(squares / n))) {
        note_slip(c, "SD", 1, sd);
        note_slip(c, "mean", 0, sum / n);
        check_note(c, "the values give %.6g \xc2\xb1 %.6g", sum / n, sd);
    }
    check_decide(c);
}

void check_plausible(struct check *c) {
    double n = c->claim->n.count ? check_number(&c->claim->n.items[0]) : 0;
    const struct printed *p = &c->printed;
    if (n < 2 || n != floor(n)) {
        (void)check_fail(c, c->claim->span, "this check needs `n`, a whole number, at least 2");
        return;
    }
    c->out->verdict = VERDICT_NEEDS_PATIENTS;
    if (!c->claim->whole.value) {
        check_note(c,
                   "the values are not whole numbers, so that any mean and SD can be: the %s "
                   "cannot be computed without them",
                   p->form == PRINTED_SPREAD ? "mean and SD" : "number");
        return;
    }
    bool mean = grim_possible(p->value[0], p->decimals[0], n);
    bool sd = p->form != PRINTED_SPREAD || !mean ||
              grimmer_possible(p->value[0], p->decimals[0], p->value[1], p->decimals[1], n);
    c->out->method = p->form == PRINTED_SPREAD ? STR("GRIM and GRIMMER") : STR("GRIM");
    if (!mean || !sd) {
        c->out->verdict = VERDICT_INCONSISTENT;
        c->out->computed = STR("cannot be");
        check_note(c,
                   mean ? "no %.0f whole numbers with this mean have this SD (GRIMMER)"
                        : "no %.0f whole numbers have this mean (GRIM)",
                   n);
        if (!mean) {
            double sum = floor(p->value[0] * n);
            check_note(c, "the nearest means are %.10g and %.10g", sum / n, (sum + 1) / n);
        }
        return;
    }
    c->out->computed = STR("can be");
    check_note(c, "%.0f whole numbers can have this mean%s", n,
               p->form == PRINTED_SPREAD ? " and SD" : "");
    if (!grim_has_power(p->decimals[0], n)) {
        check_note(c,
                   "with %.0f values and %d decimal%s every mean can be: the test could not have "
                   "failed",
                   n, p->decimals[0], p->decimals[0] == 1 ? "" : "s");
    }
}

/* ---- p over occasions ---- */

struct summaries {
    uint32_t count;
    double *means;
    double *sds;
    double *n;
    struct moments *moments;
};

static bool read_summaries(struct check *c, struct summaries *s) {
    const struct trial_claim *claim = c->claim;
    uint32_t k = claim->means.count;
    if (k < 2 || claim->sds.count != k || (claim->n.count != 1 && claim->n.count != k)) {
        (void)check_fail(c, claim->span,
                         "this check needs `means`, as many `sds`, and `n` once or as often");
        return false;
    }
    *s = (struct summaries){.count = k,
                            .means = ARENA_ARRAY(c->arena, (size_t)k * 3, double),
                            .moments = ARENA_ARRAY(c->arena, k, struct moments)};
    if (!s->means || !s->moments) {
        c->no_memory = true;
        return false;
    }
    s->sds = s->means + k;
    s->n = s->sds + k;
    bool spread = false;
    for (uint32_t i = 0; i < k; i++) {
        s->means[i] = check_number(&claim->means.items[i]);
        s->sds[i] = check_number(&claim->sds.items[i]);
        s->n[i] = check_number(&claim->n.items[claim->n.count == 1 ? 0 : i]);
        s->moments[i] = moments_from_summary(s->n[i], s->means[i], s->sds[i]);
        if (s->n[i] < 2) {
            (void)check_fail(c, claim->n.place.span, "every occasion needs two subjects");
            return false;
        }
        if (s->sds[i] < 0) {
            (void)check_fail(c, claim->sds.place.span, "an SD is not negative");
            return false;
        }
        spread |= s->sds[i] > 0;
    }
    if (!spread) {
        (void)check_fail(c, claim->sds.place.span,
                         "with SDs of 0 there is no error to compare with");
    }
    return spread;
}

void check_repeated(struct check *c) {
    struct summaries s;
    if (!read_summaries(c, &s)) {
        return;
    }
    double printed = c->printed.value[0];
    struct f_test independent = f_one_way(s.moments, s.count);
    struct occasions occasions = {s.count, s.means, s.sds, INFINITY};
    bool unequal = false;
    for (uint32_t i = 0; i < s.count; i++) {
        unequal |= s.n[i] != s.n[0];
        occasions.n = fmin(occasions.n, s.n[i]);
    }
    c->out->verdict = VERDICT_NEEDS_PATIENTS;
    check_note(c, "repeated measures of the same subjects: the p value depends on how occasions "
                  "correlate within subjects, which is not printed");
    check_note(c, "as if occasions were independent: F(%.0f, %.0f) = %.2f, p = %.2g",
               independent.df1, independent.df2, independent.f, independent.p);
    double r = occasions_correlation(&occasions, printed);
    double none = occasions_p(&occasions, 0);
    if (c->printed.relation == '<' && none < printed) {
        check_note(c, "below %g already without any correlation (p = %.2g with n = %.0f)", printed,
                   none, occasions.n);
    } else if (isnan(r)) {
        check_note(c,
                   "no correlation within subjects gives the printed p with these means and SDs");
    } else {
        check_note(c,
                   "the printed p implies a correlation of %s %.2f between occasions (compound "
                   "symmetry, sphericity, n = %.0f)",
                   c->printed.relation == '<' ? "at least" : "about", r, occasions.n);
    }
    if (unequal) {
        check_note(
            c, "not all subjects have every occasion; the analysis of those who have all of them "
               "differs from any of the printed means");
    }
}

/* ---- Units ---- */

/* The number in front, if any, then the unit: "90 mmHg", "mg/ml". */
static void split_unit(struct check *c, struct trial_stated *stated) {
    struct str text = c->claim->printed.text;
    struct span span = c->claim->printed.place.span;
    size_t at = 0;
    while (at < text.len && strchr("<>= ", text.at[at])) {
        at++;
    }
    size_t start = at;
    while (at < text.len && ((text.at[at] >= '0' && text.at[at] <= '9') || text.at[at] == '.')) {
        at++;
    }
    double value;
    size_t bad;
    if (at > start && calculate((struct str){text.at + start, at - start}, &value, &bad) &&
        value < 1e12) {
        stated->value.place.span = span;
        stated->value.value = (i128)llround(value * 1e8);
    }
    while (at < text.len && text.at[at] == ' ') {
        at++;
    }
    stated->unit.text = (struct str){text.at + at, text.len - at};
    if (at < text.len) {
        stated->unit.place.span = span;
    }
}

static void no_analyte(struct check *c) {
    struct str name = c->claim->analyte.text;
    if (!trial_given(c->claim->analyte.place) || !c->analytes) {
        (void)check_fail(c, c->claim->span,
                         "this check needs `analyte`, a name of the analyte table");
        return;
    }
    struct diagnostic *d = check_fail(c, c->claim->analyte.place.span,
                                      "the analyte table has no '%.*s'", STR_ARG(name));
    for (uint32_t i = 0; i < c->analytes->count; i++) {
        if (str_distance(c->analytes->items[i].id, name, 2) <= 2) {
            diag_hint(c->diags, d, "did you mean '%.*s'?", STR_ARG(c->analytes->items[i].id));
            return;
        }
    }
}

void check_unit(struct check *c) {
    const struct analyte *analyte =
        c->analytes ? analyte_find(c->analytes, c->claim->analyte.text) : NULL;
    struct trial_stated stated = {0};
    const struct unit *instead = NULL;
    if (!analyte) {
        no_analyte(c);
        return;
    }
    split_unit(c, &stated);
    const char *fault = limit_printed_fault(c->analytes, analyte, &stated, &instead);
    struct buf words;
    buf_init(&words);
    limit_words_units(analyte, &words);
    c->no_memory |= buf_status(&words) != STATUS_OK;
    c->out->method =
        check_text(c, "%.*s is reported in %.*s", STR_ARG(analyte->name), STR_ARG(buf_str(&words)));
    buf_release(&words);
    c->out->verdict = fault ? VERDICT_INCONSISTENT : VERDICT_REPRODUCED;
    c->out->computed = fault ? STR("cannot be meant") : STR("a unit it is reported in");
    if (fault) {
        check_note(c, "%s", fault);
        if (instead) {
            check_note(c, "the number would do in %.*s", STR_ARG(unit_text(instead)));
        }
    }
}
