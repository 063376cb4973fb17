#include "stats/moments.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

double sum_of(const double *values, size_t count) {
    double sum = 0;
    double lost = 0;
    for (size_t i = 0; i < count; i++) {
        double next = sum + values[i];
        lost += fabs(sum) >= fabs(values[i]) ? (sum - next) + values[i] : (values[i] - next) + sum;
        sum = next;
    }
    return sum + lost;
}

struct moments moments_of(const double *values, size_t count) {
    struct moments m = {(double)count, NAN, NAN};
    if (!count) {
        return m;
    }
    m.mean = sum_of(values, count) / m.n;
    double squares = 0;
    double squares_lost = 0;
    double rest = 0;
    for (size_t i = 0; i < count; i++) {
        double d = values[i] - m.mean;
        double square = d * d;
        double next = squares + square;
        squares_lost += (squares - next) + square;
        squares = next;
        rest += d;
    }
    m.squares = fmax(0, squares + squares_lost - rest * rest / m.n);
    return m;
}

double moments_variance(const struct moments *m) {
    return m->n >= 2 ? m->squares / (m->n - 1) : NAN;
}

double moments_sd(const struct moments *m) {
    return sqrt(moments_variance(m));
}

static int compare_values(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_values(double *values, size_t count) {
    if (count) {
        qsort(values, count, sizeof *values, compare_values);
    }
}

/* Where the order statistic stands: x[j] + g (x[j + 1] - x[j]), j from 1. */
static double at_place(const double *sorted, size_t count, double j, double g) {
    double n = (double)count;
    size_t low = (size_t)fmin(fmax(j, 1), n);
    size_t high = (size_t)fmin(fmax(j + 1, 1), n);
    double x = sorted[low - 1];
    double y = sorted[high - 1];
    return g == 0 || x == y ? x : g == 1 ? y : x + g * (y - x);
}

/* The discontinuous ones: a place n p + m, and what happens when it is whole. */
static double step_quantile(const double *sorted, size_t count, double p, double m, double whole) {
    double place = (double)count * p + m;
    double fuzz = 4 * DBL_EPSILON * fmax(1, fabs(place));
    double j = floor(place + fuzz);
    double g = place - j > fuzz ? 1 : whole;
    return at_place(sorted, count, j, g);
}

static double even_quantile(const double *sorted, size_t count, double p) {
    double place = (double)count * p - 0.5;
    double fuzz = 4 * DBL_EPSILON * fmax(1, fabs(place));
    double j = floor(place + fuzz);
    double g = place - j > fuzz || fmod(j, 2) != 0 ? 1 : 0;
    return at_place(sorted, count, j, g);
}

/* The continuous ones: a line through the points that a + p (1 - a - b) places. */
static double line_quantile(const double *sorted, size_t count, double p, double a, double b) {
    double place = a + p * ((double)count + 1 - a - b);
    double fuzz = 4 * DBL_EPSILON;
    double j = floor(place + fuzz);
    double g = place - j;
    return at_place(sorted, count, j, fabs(g) < fuzz ? 0 : g);
}

double quantile_of(const double *sorted, size_t count, double p, unsigned definition) {
    if (!count) {
        return NAN;
    }
    switch (definition) {
    case 0:
    case QUANTILE_SAS_1 + 2:
        return step_quantile(sorted, count, p, 0, 0);
    case 1:
    case QUANTILE_SAS_1 + 4:
        return step_quantile(sorted, count, p, 0, 0.5);
    case 2:
    case QUANTILE_SAS_1 + 1:
        return even_quantile(sorted, count, p);
    case 3:
    case QUANTILE_SAS_1:
        return line_quantile(sorted, count, p, 0, 1);
    case 4:
        return line_quantile(sorted, count, p, 0.5, 0.5);
    case 5:
    case QUANTILE_SAS_1 + 3:
        return line_quantile(sorted, count, p, 0, 0);
    case 6:
        return line_quantile(sorted, count, p, 1, 1);
    case 7:
        return line_quantile(sorted, count, p, 1.0 / 3, 1.0 / 3);
    default:
        return line_quantile(sorted, count, p, 3.0 / 8, 3.0 / 8);
    }
}
