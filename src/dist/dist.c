#include "dist/dist.h"

#include <math.h>
#include <stdbool.h>

#define MATHLIB_STANDALONE 1
#include <Rmath.h>

/* libRmath prints a warning for arguments out of domain; they never reach it. */
static bool outside(double p) {
    return !(p >= 0.0 && p <= 1.0);
}

static bool not_positive(double x) {
    return !(x > 0.0);
}

static bool not_count(double n) {
    return !(n >= 0.0) || isinf(n) || n != floor(n);
}

double dist_normal_density(double x) {
    return dnorm(x, 0.0, 1.0, 0);
}

double dist_normal_p(double x) {
    return pnorm(x, 0.0, 1.0, 1, 0);
}

double dist_normal_upper(double x) {
    return pnorm(x, 0.0, 1.0, 0, 0);
}

double dist_normal_quantile(double p) {
    return outside(p) ? NAN : qnorm(p, 0.0, 1.0, 1, 0);
}

double dist_t_p(double x, double df) {
    return isnan(x) || not_positive(df) ? NAN : pt(x, df, 1, 0);
}

double dist_t_upper(double x, double df) {
    return isnan(x) || not_positive(df) ? NAN : pt(x, df, 0, 0);
}

double dist_t_quantile(double p, double df) {
    return outside(p) || not_positive(df) ? NAN : qt(p, df, 1, 0);
}

double dist_chi2_upper(double x, double df) {
    return isnan(x) || not_positive(df) ? NAN : pchisq(x, df, 0, 0);
}

double dist_chi2_quantile(double p, double df) {
    return outside(p) || not_positive(df) ? NAN : qchisq(p, df, 1, 0);
}

double dist_f_upper(double x, double df1, double df2) {
    return isnan(x) || not_positive(df1) || not_positive(df2) ? NAN : pf(x, df1, df2, 0, 0);
}

double dist_beta_p(double x, double a, double b) {
    return isnan(x) || not_positive(a) || not_positive(b) ? NAN : pbeta(x, a, b, 1, 0);
}

double dist_beta_upper(double x, double a, double b) {
    return isnan(x) || not_positive(a) || not_positive(b) ? NAN : pbeta(x, a, b, 0, 0);
}

double dist_beta_quantile(double p, double a, double b) {
    return outside(p) || not_positive(a) || not_positive(b) ? NAN : qbeta(p, a, b, 1, 0);
}

double dist_binomial_density(double k, double n, double prob) {
    if (isnan(k) || not_count(n) || outside(prob)) {
        return NAN;
    }
    return k != floor(k) ? 0.0 : dbinom(k, n, prob, 0);
}

double dist_binomial_p(double k, double n, double prob) {
    return isnan(k) || not_count(n) || outside(prob) ? NAN : pbinom(k, n, prob, 1, 0);
}

double dist_binomial_upper(double k, double n, double prob) {
    return isnan(k) || not_count(n) || outside(prob) ? NAN : pbinom(k, n, prob, 0, 0);
}

double dist_poisson_p(double k, double mean) {
    return isnan(k) || !(mean >= 0.0) || isinf(mean) ? NAN : ppois(k, mean, 1, 0);
}

static bool no_urn(double white, double black, double drawn) {
    return not_count(white) || not_count(black) || not_count(drawn) || drawn > white + black;
}

double dist_hypergeometric_density(double k, double white, double black, double drawn) {
    if (isnan(k) || no_urn(white, black, drawn)) {
        return NAN;
    }
    return k != floor(k) ? 0.0 : dhyper(k, white, black, drawn, 0);
}

double dist_hypergeometric_p(double k, double white, double black, double drawn) {
    return isnan(k) || no_urn(white, black, drawn) ? NAN : phyper(k, white, black, drawn, 1, 0);
}

double dist_tukey_upper(double q, double means, double df) {
    return isnan(q) || !(means >= 2.0) || !(df >= 2.0) ? NAN : ptukey(q, 1.0, means, df, 0, 0);
}

double dist_nct_p(double x, double df, double ncp) {
    if (isnan(x) || not_positive(df) || !(fabs(ncp) <= 37.62)) { /* libRmath's bound on ncp */
        return NAN;
    }
    return pnt(x, df, ncp, 1, 0);
}

double dist_nct_upper(double x, double df, double ncp) {
    if (isnan(x) || not_positive(df) || !(fabs(ncp) <= 37.62)) {
        return NAN;
    }
    return pnt(x, df, ncp, 0, 0);
}

double dist_ncf_upper(double x, double df1, double df2, double ncp) {
    if (isnan(x) || not_positive(df1) || not_positive(df2) || !(ncp >= 0.0) || isinf(ncp)) {
        return NAN;
    }
    return pnf(x, df1, df2, ncp, 0, 0);
}

double dist_log_gamma(double x) {
    return not_positive(x) ? NAN : lgammafn(x);
}

double dist_log_choose(double n, double k) {
    return not_count(n) || not_count(k) || k > n ? NAN : lchoose(n, k);
}
