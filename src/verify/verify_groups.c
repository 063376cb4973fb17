/* Claims about two groups, or one proportion: every usual method is tried. */
#include "dist/dist.h"
#include "stats/fisher.h"
#include "stats/proportion.h"
#include "verify/verify_internal.h"

static struct two_by_two table_of(const struct check *c) {
    return (struct two_by_two){c->k[0], c->n[0] - c->k[0], c->k[1], c->n[1] - c->k[1]};
}

/* ---- p values ---- */

static double wald_p(const struct effect *effect) {
    return isnan(effect->se) ? NAN : 2 * dist_normal_upper(fabs(log(effect->value)) / effect->se);
}

static double chi2_p(double x2) {
    return dist_chi2_upper(x2, 1);
}

/* Where the test that was chosen decides what is called significant, a reader wants to know. */
static void note_side(struct check *c, double exact) {
    double p = c->printed.value[0];
    double alpha = 1 - check_level(c);
    bool below = c->printed.relation == '<' ? p <= alpha : p < alpha;
    if (below != (exact < alpha)) {
        check_note(c,
                   "Fisher's exact test gives %.3f: on which side of %g the p value falls depends "
                   "on the test",
                   exact, alpha);
    }
}

void check_test_of_groups(struct check *c) {
    if (!check_two_groups(c)) {
        return;
    }
    struct two_by_two t = table_of(c);
    double level = check_level(c);
    struct effect odds = two_odds_ratio_woolf(&t, level);
    struct effect risk = two_risk_ratio_katz(&t, level);
    struct {
        const char *name;
        double p;
    } tests[] = {
        {"Fisher's exact test, two-sided", fisher_p(&t, STATS_TWO_SIDED, false)},
        {"Fisher's exact test, twice the one-sided p", fisher_p_doubled(&t)},
        {"Fisher's exact test, mid-p", fisher_p(&t, STATS_TWO_SIDED, true)},
        {"Pearson chi-square, uncorrected", chi2_p(two_chi2_pearson(&t))},
        {"chi-square with Yates's correction", chi2_p(two_chi2_yates(&t))},
        {"N - 1 chi-square", chi2_p(two_chi2_n_minus_1(&t))},
        {"likelihood ratio", chi2_p(two_chi2_likelihood(&t))},
        {"Wald test of the log odds ratio", wald_p(&odds)},
        {"Wald test of the log risk ratio", wald_p(&risk)},
        {"Fisher's exact test, one-sided",
         fmin(fisher_p(&t, STATS_LESS, false), fisher_p(&t, STATS_GREATER, false))},
    };
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        if (!isnan(tests[i].p)) {
            (void)check_try(c, str_from(tests[i].name), tests[i].p, NAN);
        }
    }
    check_decide(c);
    bool fisher = printed_holds(&c->printed, 0, tests[0].p);
    if (fisher && tests[0].p == tests[1].p && c->n[0] == c->n[1]) {
        check_note(
            c, "the groups are equally large, so that twice the one-sided p is the same number");
    }
    if (c->out->verdict == VERDICT_REPRODUCED && !fisher) {
        note_side(c, tests[0].p);
    }
}

/* ---- Effects ---- */

/* A way to look at the table: which outcome, and which group stands first. */
struct view {
    struct two_by_two t;
    struct str outcome;
    struct str first;
    struct str second;
};

static struct view view_of(const struct check *c, bool other, bool turned) {
    struct two_by_two t = table_of(c);
    if (other) {
        t = (struct two_by_two){t.b, t.a, t.d, t.c};
    }
    if (turned) {
        t = (struct two_by_two){t.c, t.d, t.a, t.b};
    }
    return (struct view){t, other ? check_other(c) : check_event(c), check_group(c, turned),
                         check_group(c, !turned)};
}

enum measure { ODDS_RATIO, ODDS_RATIO_CONDITIONAL, RISK_RATIO, RISK_DIFFERENCE, MEASURES };

static const char *const measure_names[MEASURES] = {"odds ratio", "conditional odds ratio",
                                                    "risk ratio", "risk difference"};

static struct str view_words(struct check *c, const struct view *v, enum measure measure,
                             const char *method) {
    return check_text(c, "%s%s%s of %.*s, %.*s %s %.*s", method, method[0] ? ": " : "",
                      measure_names[measure], STR_ARG(v->outcome), STR_ARG(v->first),
                      measure == RISK_DIFFERENCE ? "-" : "/", STR_ARG(v->second));
}

static double value_of(const struct view *v, enum measure measure, double level) {
    switch (measure) {
    case ODDS_RATIO:
        return two_odds_ratio_woolf(&v->t, level).value;
    case ODDS_RATIO_CONDITIONAL:
        return fisher_odds_ratio(&v->t);
    case RISK_RATIO:
        return two_risk_ratio_katz(&v->t, level).value;
    default:
        return two_risk_difference_wald(&v->t, level).value;
    }
}

/* An odds ratio may be read from either side; both readings are said, since many readers take a
 * ratio for that of success. */
static void note_direction(struct check *c, bool other, bool turned) {
    struct view seen = view_of(c, other, turned);
    struct view same = view_of(c, !other, !turned);
    struct view inverse = view_of(c, !other, turned);
    struct effect e = two_odds_ratio_woolf(&inverse.t, check_level(c));
    check_note(
        c,
        "direction: these are the odds of %.*s of %.*s over those of %.*s, which is the same "
        "number as the odds of %.*s of %.*s over those of %.*s",
        STR_ARG(seen.outcome), STR_ARG(seen.first), STR_ARG(seen.second), STR_ARG(same.outcome),
        STR_ARG(same.first), STR_ARG(same.second));
    check_note(c, "the odds ratio of %.*s, %.*s / %.*s, is %.3f (%.3f to %.3f, Woolf)",
               STR_ARG(inverse.outcome), STR_ARG(inverse.first), STR_ARG(inverse.second), e.value,
               e.low, e.high);
}

void check_effect(struct check *c) {
    if (!check_two_groups(c)) {
        return;
    }
    double scale = c->printed.percent ? 100 : 1;
    bool told = false;
    for (int m = 0; m < MEASURES; m++) {
        for (int way = 0; way < 4; way++) {
            bool other = way & 1;
            bool turned = way & 2;
            /* The odds of the other outcome of the other group are the same number. */
            if ((m == ODDS_RATIO || m == ODDS_RATIO_CONDITIONAL || m == RISK_DIFFERENCE) &&
                turned) {
                continue;
            }
            struct view v = view_of(c, other, turned);
            double x = value_of(&v, (enum measure)m, check_level(c));
            if (!isnan(x) &&
                check_try(c, view_words(c, &v, (enum measure)m, ""),
                          m == RISK_DIFFERENCE ? x * scale : x, NAN) &&
                m == ODDS_RATIO && !told) {
                note_direction(c, other, turned);
                told = true;
            }
        }
    }
    check_decide(c);
}

/* ---- Intervals of effects ---- */

struct method {
    enum measure measure;
    const char *name;
    struct effect (*interval)(const struct two_by_two *t, double level);
};

static struct effect exact_interval(const struct two_by_two *t, double level) {
    struct effect e = {fisher_odds_ratio(t), NAN, NAN, NAN};
    fisher_interval(t, level, STATS_TWO_SIDED, &e.low, &e.high);
    return e;
}

static const struct method methods[] = {
    {ODDS_RATIO, "Woolf (log, Wald)", two_odds_ratio_woolf},
    {ODDS_RATIO, "profile likelihood", two_odds_ratio_profile},
    {ODDS_RATIO_CONDITIONAL, "exact (Cornfield)", exact_interval},
    {RISK_RATIO, "Katz (log, Wald)", two_risk_ratio_katz},
    {RISK_DIFFERENCE, "Wald", two_risk_difference_wald},
    {RISK_DIFFERENCE, "Newcombe, method 10", two_risk_difference_newcombe},
    {RISK_DIFFERENCE, "Miettinen-Nurminen", two_risk_difference_miettinen_nurminen},
};

/* "61 % lower" or "7.9 times as high" */
static struct str ratio_words(struct check *c, double ratio) {
    return ratio < 1 ? check_text(c, "%.0f %% lower", 100 * (1 - ratio))
                     : check_text(c, "%.1f times as high", ratio);
}

static void read_interval(struct check *c, const struct view *v, enum measure measure,
                          const struct effect *e) {
    double null_value = measure == RISK_DIFFERENCE ? 0 : 1;
    bool includes = e->low <= null_value && e->high >= null_value;
    if (measure == RISK_DIFFERENCE) {
        check_note(c,
                   "read: the data agree with a risk of %.*s that is from %.1f points %s to %.1f "
                   "points %s of %.*s than of %.*s",
                   STR_ARG(v->outcome), 100 * fabs(e->low), e->low < 0 ? "lower" : "higher",
                   100 * fabs(e->high), e->high < 0 ? "lower" : "higher", STR_ARG(v->first),
                   STR_ARG(v->second));
    } else {
        struct str low = ratio_words(c, e->low);
        struct str high = ratio_words(c, e->high);
        check_note(c,
                   "read: the data agree with %s of %.*s of %.*s %.2f to %.2f times those of "
                   "%.*s, from %.*s to %.*s",
                   measure == RISK_RATIO ? "risks" : "odds", STR_ARG(v->outcome), STR_ARG(v->first),
                   e->low, e->high, STR_ARG(v->second), STR_ARG(low), STR_ARG(high));
    }
    if (includes) {
        check_note(
            c,
            "it includes %g, no difference: neither benefit nor harm is shown, and equality is "
            "not shown either",
            null_value);
    } else {
        check_note(c, "it leaves out %g, no difference", null_value);
    }
}

void check_effect_interval(struct check *c) {
    if (!check_two_groups(c)) {
        return;
    }
    double scale = c->printed.percent ? 100 : 1;
    bool told = false;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        const struct method *m = &methods[i];
        for (int way = 0; way < 4; way++) {
            bool turned = way & 2;
            if (m->measure != RISK_RATIO && turned) {
                continue;
            }
            struct view v = view_of(c, way & 1, turned);
            struct effect e = m->interval(&v.t, check_level(c));
            double s = m->measure == RISK_DIFFERENCE ? scale : 1;
            if (isnan(e.low) || isnan(e.high)) {
                continue;
            }
            if (check_try(c, view_words(c, &v, m->measure, m->name), s * e.low, s * e.high) &&
                !told) {
                read_interval(c, &v, m->measure, &e);
                told = true;
            }
        }
    }
    check_decide(c);
}

/* ---- One proportion ---- */

void check_proportion_interval(struct check *c) {
    if (c->group_count != 1 || c->n[0] == 0) {
        (void)check_fail(c, c->claim->span,
                         "this check needs `counts` of one group that is not empty");
        return;
    }
    double level = check_level(c);
    double scale = c->printed.percent ? 100 : 1;
    struct {
        const char *name;
        struct proportion_interval interval;
    } ways[] = {
        {"Clopper-Pearson (exact)", proportion_clopper_pearson(c->k[0], c->n[0], level)},
        {"Wilson (score)", proportion_wilson(c->k[0], c->n[0], level)},
        {"Jeffreys", proportion_jeffreys(c->k[0], c->n[0], level)},
        {"Wald", proportion_wald(c->k[0], c->n[0], level)},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        (void)check_try(c, str_from(ways[i].name), scale * ways[i].interval.low,
                        scale * ways[i].interval.high);
    }
    check_decide(c);
}
