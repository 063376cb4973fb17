#include "stats/rank.h"

#include "dist/dist.h"

#include <math.h>
#include <stdlib.h>

struct indexed {
    double value;
    uint32_t index;
};

static int compare_indexed(const void *a, const void *b) {
    const struct indexed *x = a;
    const struct indexed *y = b;
    int order = (x->value > y->value) - (x->value < y->value);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void rank_sorted(const struct indexed *sorted, uint32_t count, double *ranks, double *ties) {
    for (uint32_t i = 0; i < count;) {
        uint32_t end = i + 1;
        while (end < count && sorted[end].value == sorted[i].value) {
            end++;
        }
        double t = end - i;
        for (uint32_t k = i; k < end; k++) {
            ranks[sorted[k].index] = (i + 1.0 + end) / 2;
        }
        *ties += t * t * t - t;
        i = end;
    }
}

enum status ranks_of(const double *values, uint32_t count, struct arena *scratch, double *ranks,
                     double *ties) {
    struct indexed *sorted = ARENA_ARRAY(scratch, count + 1, struct indexed);
    if (!sorted) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = (struct indexed){values[i], i};
    }
    if (count) {
        qsort(sorted, count, sizeof *sorted, compare_indexed);
    }
    *ties = 0;
    rank_sorted(sorted, count, ranks, ties);
    return STATUS_OK;
}

static enum status make_scores(const double *values, uint32_t count, struct arena *arena,
                               struct rank_sum *out, double *ties) {
    out->scores = ARENA_ARRAY(arena, count + 1, double);
    out->score_count = count;
    if (!out->scores) {
        return STATUS_NO_MEMORY;
    }
    enum status status = ranks_of(values, count, arena, out->scores, ties);
    for (uint32_t i = 0; i < count; i++) {
        out->scores[i] *= 2;
    }
    out->tied = *ties > 0;
    return status;
}

enum status rank_sum(const double *x, uint32_t n, const double *y, uint32_t m, struct arena *arena,
                     struct rank_sum *out) {
    *out = (struct rank_sum){.first = n, .second = m};
    double *pooled = ARENA_ARRAY(arena, (size_t)n + m + 1, double);
    double ties = 0;
    if (!pooled) {
        return STATUS_NO_MEMORY;
    }
    memcpy(pooled, x, n * sizeof *x);
    memcpy(pooled + n, y, m * sizeof *y);
    enum status status = make_scores(pooled, n + m, arena, out, &ties);
    if (status != STATUS_OK) {
        return status;
    }
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += out->scores[i] / 2;
    }
    double all = (double)n + m;
    out->statistic = sum - (double)n * (n + 1.0) / 2;
    out->mean = (double)n * m / 2;
    out->variance = (double)n * m / 12 * (all + 1 - ties / (all * (all - 1)));
    return STATUS_OK;
}

enum status rank_signed(const double *d, uint32_t n, struct arena *arena, struct rank_sum *out) {
    *out = (struct rank_sum){0};
    double *sizes = ARENA_ARRAY(arena, n + 1, double);
    bool *positive = ARENA_ARRAY(arena, n + 1, bool);
    double ties = 0;
    uint32_t kept = 0;
    if (!sizes || !positive) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (d[i] != 0) {
            positive[kept] = d[i] > 0;
            sizes[kept++] = fabs(d[i]);
        }
    }
    enum status status = make_scores(sizes, kept, arena, out, &ties);
    if (status != STATUS_OK) {
        return status;
    }
    for (uint32_t i = 0; i < kept; i++) {
        out->statistic += positive[i] ? out->scores[i] / 2 : 0;
    }
    double k = kept;
    out->first = k;
    out->zeros = n - k;
    out->mean = k * (k + 1) / 4;
    out->variance = k * (k + 1) * (2 * k + 1) / 24 - ties / 48;
    return STATUS_OK;
}

double rank_p_normal(const struct rank_sum *r, enum stats_alternative alternative, bool continuity,
                     double *z) {
    double distance = r->statistic - r->mean;
    double correction = 0;
    if (continuity) {
        correction = alternative == STATS_LESS      ? -0.5
                     : alternative == STATS_GREATER ? 0.5
                     : distance == 0                ? 0
                                                    : copysign(0.5, distance);
    }
    *z = NAN;
    if (!(r->variance > 0)) {
        return NAN;
    }
    *z = (distance - correction) / sqrt(r->variance);
    switch (alternative) {
    case STATS_LESS:
        return dist_normal_p(*z);
    case STATS_GREATER:
        return dist_normal_upper(*z);
    default:
        return fmin(1, 2 * dist_normal_upper(fabs(*z)));
    }
}

/* ---- Exact ---- */

static int compare_down(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x < y) - (x > y);
}

/* counts[s]: subsets (of `size` scores, or of any size when size is 0) with the sum s. */
static enum status count_sums(const double *scores, uint32_t count, uint32_t size,
                              struct arena *scratch, double **counts, size_t *sums) {
    double *sorted = ARENA_ARRAY(scratch, count + 1, double);
    if (!sorted) {
        return STATUS_NO_MEMORY;
    }
    memcpy(sorted, scores, count * sizeof *sorted);
    if (count) {
        qsort(sorted, count, sizeof *sorted, compare_down);
    }
    size_t most = 0;
    for (uint32_t i = 0; i < (size ? size : count); i++) {
        most += (size_t)sorted[i];
    }
    size_t width = most + 1;
    *counts = NULL;
    *sums = width;
    if (width > RANK_CELLS_MAX / (size + 1u)) {
        return STATUS_OK;
    }
    double *table = ARENA_ARRAY(scratch, width * (size + 1u), double);
    if (!table) {
        return STATUS_NO_MEMORY;
    }
    table[0] = 1;
    for (uint32_t i = 0; i < count; i++) {
        size_t s = (size_t)sorted[i];
        for (uint32_t k = size ? size : 1; k >= 1; k--) {
            double *to = size ? table + k * width : table;
            const double *from = size ? to - width : table;
            for (size_t sum = most; sum >= s && sum <= most; sum--) {
                to[sum] += from[sum - s];
            }
        }
    }
    *counts = table + (size ? size * width : 0);
    return STATUS_OK;
}

enum status rank_p_exact(const struct rank_sum *r, struct arena *scratch, struct rank_exact *out) {
    *out = (struct rank_exact){false, NAN, NAN, NAN};
    /* Two samples: the smaller one's sum, since the other's follows from it. */
    bool two = r->second > 0;
    bool flip = two && r->second < r->first;
    double size = flip ? r->second : r->first;
    double seen = 2 * (r->statistic + (two ? r->first * (r->first + 1) / 2 : 0));
    double all = 0;
    for (uint32_t i = 0; i < r->score_count; i++) {
        all += r->scores[i];
    }
    double *counts;
    size_t sums;
    enum status status =
        count_sums(r->scores, r->score_count, two ? (uint32_t)size : 0, scratch, &counts, &sums);
    if (status != STATUS_OK || !counts) {
        return status;
    }
    double target = flip ? all - seen : seen;
    double mean = two ? size * all / r->score_count : all / 2;
    double total = 0;
    double below = 0;
    double above = 0;
    double far = 0;
    for (size_t s = 0; s < sums; s++) {
        total += counts[s];
        below += (double)s <= target ? counts[s] : 0;
        above += (double)s >= target ? counts[s] : 0;
        far += fabs((double)s - mean) >= fabs(target - mean) - 1e-9 ? counts[s] : 0;
    }
    *out = (struct rank_exact){true, (flip ? above : below) / total, (flip ? below : above) / total,
                               far / total};
    return STATUS_OK;
}

/* ---- Several samples ---- */

enum status kruskal_wallis(const double *values, const uint32_t *first, uint32_t groups,
                           struct arena *scratch, struct rank_chi2 *out) {
    uint32_t count = first[groups];
    double n = count;
    double ties = 0;
    double *ranks = ARENA_ARRAY(scratch, count + 1, double);
    *out = (struct rank_chi2){NAN, groups - 1.0, NAN};
    if (!ranks) {
        return STATUS_NO_MEMORY;
    }
    enum status status = ranks_of(values, count, scratch, ranks, &ties);
    double between = 0;
    for (uint32_t g = 0; g < groups && status == STATUS_OK; g++) {
        double size = first[g + 1] - first[g];
        double sum = 0;
        for (uint32_t i = first[g]; i < first[g + 1]; i++) {
            sum += ranks[i] - (n + 1) / 2;
        }
        between += size > 0 ? sum * sum / size : 0;
    }
    double spread = (n * n * n - n - ties) / 12;
    if (groups >= 2 && spread > 0) {
        out->statistic = between * (n - 1) / spread;
        out->p = dist_chi2_upper(out->statistic, out->df);
    }
    return status;
}

enum status friedman(const double *values, uint32_t blocks, uint32_t treatments,
                     struct arena *scratch, struct rank_chi2 *out) {
    double k = treatments;
    double b = blocks;
    double all_ties = 0;
    double *ranks = ARENA_ARRAY(scratch, (size_t)treatments * 2 + 1, double);
    double *sums = ranks ? ranks + treatments : NULL;
    *out = (struct rank_chi2){NAN, k - 1, NAN};
    if (!ranks) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < blocks; i++) {
        double ties;
        enum status status =
            ranks_of(values + (size_t)i * treatments, treatments, scratch, ranks, &ties);
        if (status != STATUS_OK) {
            return status;
        }
        all_ties += ties;
        for (uint32_t t = 0; t < treatments; t++) {
            sums[t] += ranks[t] - (k + 1) / 2;
        }
    }
    double between = 0;
    for (uint32_t t = 0; t < treatments; t++) {
        between += sums[t] * sums[t];
    }
    double spread = b * k * (k + 1) - all_ties / (k - 1);
    if (treatments >= 2 && spread > 1e-9) {
        out->statistic = 12 * between / spread;
        out->p = dist_chi2_upper(out->statistic, out->df);
    }
    return STATUS_OK;
}
