/* The distributions against R 4.2.2 (the calls stand beside the numbers) and their guards. */
#include "dist/dist.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NEAR(value, expected)                                                                      \
    assert_true(fabs((value) - (expected)) <= 1e-12 * fmax(1.0, fabs(expected)))

static void agree_with_r(void **state) {
    (void)state;
    NEAR(dist_normal_quantile(0.975), 1.9599639845400545);    /* qnorm(0.975) */
    NEAR(dist_t_upper(1.61368, 18.9128), 0.061578911628438);  /* pt(1.61368, 18.9128, lower=F) */
    NEAR(dist_chi2_upper(16.79, 1.0), 4.175275138919791e-05); /* pchisq(16.79, 1, lower=F) */
    NEAR(dist_beta_quantile(0.975, 1.0, 11.0), 0.2849141529181544); /* qbeta(.975, 1, 11) */
    NEAR(dist_tukey_upper(3.5, 4.0, 30.0), 0.08466901694849427); /* ptukey(3.5, 4, 30, lower=F) */
}

/* Fisher's two-sided p of 35/40 v 37/40 is the sum of the tables no more probable. */
static void sum_of_tables(void **state) {
    (void)state;
    double observed = dist_hypergeometric_density(5.0, 8.0, 72.0, 40.0);
    double p = 0.0;
    for (int k = 0; k <= 8; k++) {
        double probability = dist_hypergeometric_density(k, 8.0, 72.0, 40.0);
        p += probability <= observed * (1.0 + 1e-7) ? probability : 0.0;
    }
    assert_true(fabs(p - 0.711872) < 5e-7);
}

static void outside_the_domain_is_nan(void **state) {
    (void)state;
    assert_true(isnan(dist_normal_quantile(1.5)));
    assert_true(isnan(dist_t_p(1.0, 0.0)));
    assert_true(isnan(dist_beta_quantile(-0.1, 1.0, 1.0)));
    assert_true(isnan(dist_hypergeometric_p(1.0, 2.0, 2.0, 5.0)));
    assert_true(isnan(dist_nct_p(1.0, 5.0, 50.0)));
    assert_true(isnan(dist_log_choose(2.0, 3.0)));
    assert_true(isnan(dist_binomial_p(NAN, 3.0, 0.5)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agree_with_r),
        cmocka_unit_test(sum_of_tables),
        cmocka_unit_test(outside_the_domain_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
