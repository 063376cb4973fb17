#include "stats/win_internal.h"

#include "base/limits.h"
#include "dist/dist.h"

#include <math.h>

static int compare_pair(const struct win_outcome *o, uint32_t i, uint32_t j) {
    double a = o->value[i];
    double b = o->value[j];
    switch (o->kind) {
    case WIN_HIGHER:
        return a - b > o->margin ? 1 : b - a > o->margin ? -1 : 0;
    case WIN_LOWER:
        return b - a > o->margin ? 1 : a - b > o->margin ? -1 : 0;
    case WIN_TIME:
        break;
    }
    bool outlived = a - b > o->margin || (a == b && o->margin == 0.0 && !o->event[i]);
    bool outlasted = b - a > o->margin || (a == b && o->margin == 0.0 && !o->event[j]);
    return o->event[j] && outlived ? 1 : o->event[i] && outlasted ? -1 : 0;
}

static void count_pairs(struct tally *tally) {
    for (uint32_t a = 0; a < tally->n1; a++) {
        uint32_t i = tally->first[a];
        for (uint32_t b = 0; b < tally->n2; b++) {
            uint32_t j = tally->second[b];
            for (uint32_t k = 0; k < tally->outcome_count; k++) {
                int result = compare_pair(&tally->outcomes[k], i, j);
                if (result != 0) {
                    double *count = result > 0 ? tally->won : tally->lost;
                    count[i]++;
                    count[j]++;
                    *(result > 0 ? &tally->wins_by[k] : &tally->losses_by[k]) += 1.0;
                    break;
                }
            }
        }
    }
}

/* Variances and covariance of the proportions of wins and losses. */
struct spread {
    double wins, losses, both;
};

static void add_group(struct spread *spread, const struct tally *tally, const uint32_t *rows,
                      uint32_t n, double others) {
    double win_mean = 0.0;
    double loss_mean = 0.0;
    for (uint32_t a = 0; a < n; a++) {
        win_mean += tally->won[rows[a]] / others;
        loss_mean += tally->lost[rows[a]] / others;
    }
    win_mean /= n;
    loss_mean /= n;
    double scale = (double)n * (n - 1.0);
    for (uint32_t a = 0; a < n; a++) {
        double win = tally->won[rows[a]] / others - win_mean;
        double loss = tally->lost[rows[a]] / others - loss_mean;
        spread->wins += win * win / scale;
        spread->losses += loss * loss / scale;
        spread->both += win * loss / scale;
    }
}

static struct win_measure on_logarithm(double value, double variance, double z) {
    struct win_measure m = {.value = value, .se = sqrt(fmax(variance, 0.0))};
    m.low = value * exp(-z * m.se);
    m.high = value * exp(z * m.se);
    m.p = m.se > 0.0 ? 2.0 * dist_normal_upper(fabs(log(value)) / m.se) : NAN;
    return m;
}

static void measure(struct win_result *out, const struct spread *s, double level) {
    double z = dist_normal_quantile((1.0 + level) / 2.0);
    double pairs = (double)out->n1 * out->n2;
    double w = out->wins / pairs;
    double l = out->losses / pairs;
    double net_variance = s->wins + s->losses - 2.0 * s->both;
    struct win_measure none = {NAN, NAN, NAN, NAN, NAN};
    out->ratio = out->odds = none;
    if (w > 0.0 && l > 0.0) {
        out->ratio = on_logarithm(
            w / l, s->wins / (w * w) + s->losses / (l * l) - 2.0 * s->both / (w * l), z);
    }
    double p = (1.0 + w - l) / 2.0; /* wins and half the ties */
    if (p > 0.0 && p < 1.0) {
        double q = p * (1.0 - p);
        out->odds = on_logarithm(p / (1.0 - p), net_variance / (4.0 * q * q), z);
    }
    out->net = (struct win_measure){.value = w - l, .se = sqrt(fmax(net_variance, 0.0))};
    out->net.low = fmax(out->net.value - z * out->net.se, -1.0);
    out->net.high = fmin(out->net.value + z * out->net.se, 1.0);
    out->net.p =
        out->net.se > 0.0 ? 2.0 * dist_normal_upper(fabs(out->net.value) / out->net.se) : NAN;
}

static const char *why_not(const struct tally *tally, uint32_t n) {
    if (tally->n1 < 2 || tally->n2 < 2) {
        return "each group needs two subjects for a standard error";
    }
    if (!win_is_ordered(tally) &&
        (double)tally->n1 * tally->n2 * tally->outcome_count > LIMIT_WIN_PAIRS) {
        return "there are too many pairs to compare one by one";
    }
    for (uint32_t k = 0; k < tally->outcome_count; k++) {
        for (uint32_t i = 0; i < n; i++) {
            if (!isfinite(tally->outcomes[k].value[i])) {
                return "an outcome is not a finite number";
            }
        }
    }
    return NULL;
}

enum status win_statistics(struct arena *arena, const uint32_t *group, uint32_t n,
                           const struct win_outcome *outcomes, uint32_t outcome_count, double level,
                           struct win_result *out) {
    *out = (struct win_result){0};
    struct tally tally = {
        .outcomes = outcomes, .outcome_count = outcome_count, .group = group, .n = n};
    tally.first = ARENA_ARRAY(arena, n + 1u, uint32_t);
    tally.second = ARENA_ARRAY(arena, n + 1u, uint32_t);
    tally.won = ARENA_ARRAY(arena, n + 1u, double);
    tally.lost = ARENA_ARRAY(arena, n + 1u, double);
    tally.wins_by = ARENA_ARRAY(arena, outcome_count, double);
    tally.losses_by = ARENA_ARRAY(arena, outcome_count, double);
    if (!tally.first || !tally.second || !tally.won || !tally.lost || !tally.wins_by ||
        !tally.losses_by) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < n; i++) {
        *(group[i] == 0 ? &tally.first[tally.n1++] : &tally.second[tally.n2++]) = i;
    }
    out->n1 = tally.n1;
    out->n2 = tally.n2;
    out->refusal = why_not(&tally, n);
    if (out->refusal) {
        return STATUS_OK;
    }
    if (!win_is_ordered(&tally)) {
        count_pairs(&tally);
    } else if (win_count_ordered(&tally, arena) != STATUS_OK) {
        return STATUS_NO_MEMORY;
    }
    out->wins_by = tally.wins_by;
    out->losses_by = tally.losses_by;
    for (uint32_t k = 0; k < outcome_count; k++) {
        out->wins += tally.wins_by[k];
        out->losses += tally.losses_by[k];
    }
    out->ties = (double)tally.n1 * tally.n2 - out->wins - out->losses;
    if (out->wins + out->losses == 0.0) {
        out->refusal = "every pair is tied";
        return STATUS_OK;
    }
    struct spread spread = {0};
    add_group(&spread, &tally, tally.first, tally.n1, tally.n2);
    add_group(&spread, &tally, tally.second, tally.n2, tally.n1);
    measure(out, &spread, level);
    return STATUS_OK;
}
