/* Two-by-two tables in strata: common odds ratio, risk ratio and risk difference by Mantel and
 * Haenszel's weights, the Cochran-Mantel-Haenszel test, and whether the odds ratio is common.
 *
 * Agreement with R 4.2.2 (mantelhaen.test, metafor) is tested in tests/reference/stratified.R. */
#ifndef QUELL_STATS_STRATIFIED_H
#define QUELL_STATS_STRATIFIED_H

#include <stdbool.h>
#include <stdint.h>

struct table_2x2 {
    double a, b; /* first group: with the event, without */
    double c, d; /* second group */
};

struct stratified_estimate {
    const char *refusal;
    double value, se; /* se: of the logarithm for ratios */
    double low, high;
};

struct stratified_test {
    const char *refusal;
    double chi2, df, p;
};

struct stratified_result {
    uint32_t strata;                            /* with subjects in both groups */
    uint32_t informative;                       /* of them, with and without the event */
    struct stratified_estimate odds_ratio;      /* variance: Robins, Breslow and Greenland 1986 */
    struct stratified_estimate risk_ratio;      /* Greenland and Robins 1985 */
    struct stratified_estimate risk_difference; /* Sato 1989 */
    struct stratified_test cmh; /* Mantel and Haenszel 1959; with `correct`, less one half */
    struct stratified_test breslow_day; /* Breslow and Day 1980 at the common odds ratio */
    struct stratified_test tarone;      /* with Tarone's correction (1985) */
};

void stratified_tables(const struct table_2x2 *tables, uint32_t count, bool correct, double level,
                       struct stratified_result *out);

#endif
