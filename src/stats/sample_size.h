/* Power of fixed designs, and the size they need. A design that cannot be computed says why in
 * `refusal`. Sizes are real numbers, as R's power.* functions give them; who recruits rounds up.
 *
 * alpha is of the whole test; sides is 1 or 2. ratio: subjects of the second group for each of the
 * first. Agreement with R 4.2.2 (stats, Hmisc) is tested in tests/reference/design.R. */
#ifndef QUELL_STATS_SAMPLE_SIZE_H
#define QUELL_STATS_SAMPLE_SIZE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct design_size {
    const char *refusal;
    double n1, n2; /* by group; n2 is 0 for one sample */
    double power;
};

struct design_error {
    double alpha;
    int sides;
    double power; /* NAN: wanted, from n1 */
    double n1;    /* NAN: wanted, from the power */
    double ratio;
    /* Two-sided tests only: counts also the rejections on the wrong side (R's strict = TRUE). */
    bool strict;
};

/* Normal approximation with the pooled variance under the hypothesis (Fleiss 1981; R's
 * power.prop.test). */
struct design_size size_two_proportions(double p1, double p2, const struct design_error *error);

/* Fisher's exact test: the power for given groups by summing over all tables; the size is the
 * smallest n1 that reaches the power (the power of larger ones may fall below it again). */
MUST_USE enum status size_fisher(struct arena *arena, double p1, double p2,
                                 const struct design_error *error, struct design_size *out);

/* t test of a difference `delta` with standard deviation `sd`: two groups, or one sample or pairs
 * (sd then is of the differences). Non-central t. */
struct design_size size_t_test(double delta, double sd, bool two_groups,
                               const struct design_error *error);

/* Events for the log-rank test of a hazard ratio. Schoenfeld 1981: (z + z)^2 (1 + r)^2 / (r log^2
 * HR); Freedman 1982: (z + z)^2 (1 + r HR)^2 / (r (1 - HR)^2). HR: second group to first. n1 of the
 * error is read as the events in all. */
enum log_rank_size { LOG_RANK_SCHOENFELD, LOG_RANK_FREEDMAN };
struct design_events {
    const char *refusal;
    double events;
    double power;
    double n1, n2; /* NAN without a probability of the event */
};
/* event[2]: probability that a subject of each group has the event while observed; NAN: not known.
 */
struct design_events size_log_rank(double hazard_ratio, const double event[2],
                                   enum log_rank_size formula, const struct design_error *error);

/* The probability that a subject has the event while observed: a constant hazard, recruitment at an
 * even pace over `accrual`, then `follow_up` for all, loss to follow-up with a constant hazard
 * (Lachin and Foulkes 1986). */
double event_probability(double hazard, double loss_rate, double accrual, double follow_up);

/* Whitehead 1993: an ordered outcome compared under proportional odds. probabilities[categories] of
 * the first group, worst or best first; the odds ratio is of the second group against the first for
 * being in a lower category (a category listed earlier). */
struct design_size size_ordinal(const double *probabilities, uint32_t categories, double odds_ratio,
                                const struct design_error *error);

#endif
