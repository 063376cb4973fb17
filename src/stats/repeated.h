/* One-way analysis of variance with repeated measures: subjects in rows, occasions in columns,
 * every cell there. */
#ifndef QUELL_STATS_REPEATED_H
#define QUELL_STATS_REPEATED_H

#include "base/arena.h"
#include "stats/stats.h"

struct repeated {
    double subjects;
    double occasions;
    double between; /* sum of squares of occasions */
    double error;   /* of occasions x subjects */
    double df;
    double df_error;
    double f; /* NAN: no error variance */
    double p;
    /* Sphericity. NAN with two occasions (nothing to test) or too few subjects. */
    double mauchly_w;
    double mauchly_p;          /* Box's chi-square approximation to second order */
    double mauchly_p_r;        /* as R 4.2 prints it; the same with three occasions */
    double greenhouse_geisser; /* epsilon, 1959 */
    double huynh_feldt;        /* 1976, for one group; may exceed 1 and then counts as 1 */
    double p_greenhouse_geisser;
    double p_huynh_feldt;
};

/* values[subject * occasions + occasion]; at least 2 of both. */
MUST_USE enum status repeated_anova(const double *values, uint32_t subjects, uint32_t occasions,
                                    struct arena *scratch, struct repeated *out);

/* Two occasions: with the pooled error term of the analysis, or as paired t. */
struct repeated_pair {
    uint32_t first;
    uint32_t second;
    double difference; /* first - second */
    double se;
    double t;
    double df;
    double p;
};
void repeated_pair(const double *values, uint32_t subjects, uint32_t occasions,
                   const struct repeated *anova, enum stats_error error,
                   struct repeated_pair *pair);

#endif
