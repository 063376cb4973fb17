#include "verify/plausible.h"

#include "dist/dist.h"
#include "stats/root.h"
#include "verify/printed.h"

#include <math.h>

/* A run of whole numbers longer than INNER has one of either parity that is not at an end, where
 * rounding might decide; SUMS_MAX bounds the search. */
enum { INNER = 4, SUMS_MAX = 100000 };

static bool rounds_to(double x, double printed, int decimals) {
    enum rounding how = printed_rounding(x, printed, decimals);
    return how != ROUND_NONE && how != ROUND_CUT;
}

/* The whole sums that may give the mean. */
static void sums_of(double mean, int decimals, double n, double *first, double *last) {
    double half = 0.5 / pow(10, decimals);
    *first = ceil((mean - half) * n - 1e-9);
    *last = floor((mean + half) * n + 1e-9);
}

bool grim_possible(double mean, int decimals, double n) {
    double first;
    double last;
    sums_of(mean, decimals, n, &first, &last);
    if (last - first > INNER) {
        return true;
    }
    for (double sum = first; sum <= last; sum++) {
        if (rounds_to(sum / n, mean, decimals)) {
            return true;
        }
    }
    return false;
}

bool grim_has_power(int decimals, double n) {
    return n < pow(10, decimals);
}

bool grimmer_possible(double mean, int mean_decimals, double sd, int sd_decimals, double n) {
    double first;
    double last;
    double half = 0.5 / pow(10, sd_decimals);
    sums_of(mean, mean_decimals, n, &first, &last);
    if (!(last - first <= SUMS_MAX)) {
        return true; /* so many sums that one of them will do */
    }
    for (double sum = first; sum <= last; sum++) {
        if (!rounds_to(sum / n, mean, mean_decimals)) {
            continue;
        }
        double low = fmax(0, sd - half);
        double least = ceil((n - 1) * low * low + sum * sum / n - 1e-9);
        double most = floor((n - 1) * (sd + half) * (sd + half) + sum * sum / n + 1e-9);
        if (most - least > INNER) {
            return true;
        }
        for (double squares = least; squares <= most; squares++) {
            double variance = (squares - sum * sum / n) / (n - 1);
            if (variance >= -1e-9 && fmod(fabs(squares - sum), 2) == 0 &&
                rounds_to(sqrt(fmax(0, variance)), sd, sd_decimals)) {
                return true;
            }
        }
    }
    return false;
}

double occasions_p(const struct occasions *o, double r) {
    double k = (double)o->count;
    double mean = 0;
    double sd_sum = 0;
    double variances = 0;
    for (size_t i = 0; i < o->count; i++) {
        mean += o->means[i] / k;
        sd_sum += o->sds[i];
        variances += o->sds[i] * o->sds[i];
    }
    double between = 0;
    for (size_t i = 0; i < o->count; i++) {
        between += o->n * (o->means[i] - mean) * (o->means[i] - mean) / (k - 1);
    }
    /* (trace - 1'S1 / k) / (k - 1), with S = r sd sd' off the diagonal. */
    double all = variances + r * (sd_sum * sd_sum - variances);
    double error = (variances - all / k) / (k - 1);
    return error > 0 ? dist_f_upper(between / error, k - 1, (k - 1) * (o->n - 1)) : NAN;
}

struct wanted {
    const struct occasions *occasions;
    double p;
};

static double log_excess(double r, const void *context) {
    const struct wanted *w = context;
    return log(fmax(occasions_p(w->occasions, r), 1e-300)) - log(w->p);
}

double occasions_correlation(const struct occasions *o, double p) {
    struct wanted wanted = {o, p};
    return root_between(log_excess, &wanted, -1 / ((double)o->count - 1) + 1e-6, 0.999);
}
