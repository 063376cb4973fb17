/* Time-to-event statistics without a model: Kaplan-Meier, log-rank and its weighted kin, restricted
 * mean survival, competing risks. Arrays in, structs out; memory from the caller's arena. A method
 * that does not apply leaves its reason in `refusal`, and then no number of the result holds. A
 * number that is not defined is NAN.
 *
 * Agreement with R 4.2.2 (survival 3.5-3, cmprsk) is tested in tests/reference. */
#ifndef QUELL_STATS_SURVIVAL_H
#define QUELL_STATS_SURVIVAL_H

#include "base/arena.h"

#include <stdint.h>

/* Rows are subjects, each under observation from its entry (exclusive) to its time (inclusive). */
struct survival_data {
    const double *time;
    const double *entry;     /* late entry (left truncation); NULL: nobody entered late */
    const uint32_t *event;   /* 0: censored; else the event, or which of competing ones */
    const uint32_t *group;   /* 0 .. groups - 1; NULL: all in one group */
    const uint32_t *stratum; /* 0 .. strata - 1; NULL: all in one stratum */
    uint32_t n;
    uint32_t groups; /* at least 1 */
    uint32_t strata; /* at least 1 */
};

/* ---- Kaplan-Meier (Kaplan and Meier 1958) ---- */

/* Intervals on the survival itself, on its logarithm, on log(-log S) (Kalbfleisch and Prentice);
 * the first two are cut at 0 and 1. */
enum km_interval { KM_PLAIN, KM_LOG, KM_LOG_LOG };

/* At each distinct time, censoring times too. */
struct km_point {
    double time;
    double at_risk; /* just before the time */
    double events;
    double censored;
    double survival;
    double greenwood; /* variance of log S: the sum of d / (n (n - d)) (Greenwood 1926) */
    double low, high; /* NAN where the interval is not defined: no event yet (log-log), or S = 0 */
};

struct km_curve {
    uint32_t n;
    uint32_t events;
    uint32_t count; /* points */
    struct km_point *points;
};

struct km_result {
    const char *refusal;
    struct km_curve *curves; /* a group each; a group without subjects has no points */
};

MUST_USE enum status kaplan_meier(struct arena *arena, const struct survival_data *data,
                                  enum km_interval interval, double level, struct km_result *out);

/* The time by which a fraction `p` has had the event: where 1 - S first reaches p; where it equals
 * p (to 1.5e-8) for a stretch, the stretch's middle, or its left end when S falls no further, as R
 * prints medians. The interval is where the pointwise bounds cross (Brookmeyer and Crowley 1982, on
 * the interval's scale). NAN: not reached. */
struct km_quantile {
    double value, low, high;
};
struct km_quantile km_quantile(const struct km_curve *curve, double p);

/* The last point at or before a time; NULL: none, so S = 1. */
const struct km_point *km_at(const struct km_curve *curve, double time);
/* How many of a group are under observation at a time (entry < time <= own time). */
uint32_t survival_at_risk(const struct survival_data *data, uint32_t group, double time);

/* Area under S to `tau`, its variance the sum over events of (remaining area)^2 d / (n (n - d)).
 * Not defined behind the last time unless S is 0 there. */
struct rmst {
    const char *refusal;
    double mean, se;
};
struct rmst km_rmst(const struct km_curve *curve, double tau);
/* The largest tau at which km_rmst is defined: infinite when the curve ends at 0. */
double km_rmst_limit(const struct km_curve *curve);

/* ---- Log-rank and its kin ---- */

enum rank_weight {
    RANK_LOG_RANK,           /* 1 (Mantel 1966) */
    RANK_GEHAN,              /* numbers at risk (Gehan 1965, Breslow 1970) */
    RANK_TARONE_WARE,        /* their square root (Tarone and Ware 1977) */
    RANK_FLEMING_HARRINGTON, /* S(t-)^rho (1 - S(t-))^gamma, S pooled within the stratum */
};

struct rank_options {
    enum rank_weight weight;
    double rho, gamma; /* Fleming and Harrington's only */
};

struct rank_group {
    uint32_t n;
    double observed, expected; /* weighted, as the test sums them */
};

struct rank_result {
    const char *refusal;
    struct rank_group *groups;
    double *covariance; /* of observed - expected [groups * groups] */
    double chi2;
    uint32_t df; /* rank of the covariance */
    double p;
};

/* Any event counts as the event. The variance is hypergeometric (ties corrected). */
MUST_USE enum status rank_test(struct arena *arena, const struct survival_data *data,
                               struct rank_options options, struct rank_result *out);

/* ---- Competing risks ---- */

/* Cumulative incidence of one cause (Aalen and Johansen 1978) at each distinct time. The variance
 * is the delta method's (Dinse and Larson 1986); R's survfit gives the same by infinitesimal
 * jackknife. Intervals lie on F itself, on log F, or on log(-log F). */
struct incidence_point {
    double time;
    double at_risk;
    double events; /* of the cause */
    double incidence;
    double se;
    double low, high;
};

struct incidence_curve {
    uint32_t n;
    uint32_t events;
    uint32_t count;
    struct incidence_point *points;
};

struct incidence_result {
    const char *refusal;
    struct incidence_curve *curves; /* a group each */
};

MUST_USE enum status cumulative_incidence(struct arena *arena, const struct survival_data *data,
                                          uint32_t cause, enum km_interval interval, double level,
                                          struct incidence_result *out);

struct gray_result {
    const char *refusal;
    double chi2;
    uint32_t df;
    double p;
};

/* Whether groups differ in the cumulative incidence of a cause (Gray 1988, weight (1 - F)^rho);
 * strata as given; no late entry. */
MUST_USE enum status gray_test(struct arena *arena, const struct survival_data *data,
                               uint32_t cause, double rho, struct gray_result *out);

#endif
