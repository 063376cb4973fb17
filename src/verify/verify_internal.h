/* What the checks of verify share. */
#ifndef QUELL_VERIFY_VERIFY_INTERNAL_H
#define QUELL_VERIFY_VERIFY_INTERNAL_H

#include "verify/printed.h"
#include "verify/verify.h"

#include <math.h>

struct check {
    struct arena *arena;
    struct diag_list *diags;
    const struct analyte_table *analytes;
    const struct trial_claim *claim;
    struct verify_claim *out;
    struct printed printed;
    /* `counts`, as k of n each. */
    uint32_t group_count;
    double *k;
    double *n;
    bool failed; /* a diagnostic was made */
    bool no_memory;
};

/* An error of the claim at a place in it; a hint may follow. */
struct diagnostic *check_fail(struct check *c, struct span span, const char *format, ...)
    PRINTF_LIKE(3, 4);
struct str check_text(struct check *c, const char *format, ...) PRINTF_LIKE(2, 3);
void check_note(struct check *c, const char *format, ...) PRINTF_LIKE(2, 3);
/* A way to compute the printed value, or both ends of the printed interval; says how it was rounded
 * when that matters. True: it matches. */
bool check_try(struct check *c, struct str method, double value, double second);
/* The verdict from the tries: reproduced when one matches, else inconsistent, with the nearest. */
void check_decide(struct check *c);

/* The name of group i, of what is counted and of the others. */
struct str check_group(const struct check *c, uint32_t i);
struct str check_event(const struct check *c);
struct str check_other(const struct check *c);
double check_number(const struct trial_number *number);
double check_level(const struct check *c);
/* Fails unless there are two groups. */
bool check_two_groups(struct check *c);
/* "exact 95 % interval of 12/14: 57.2 to 98.2 % (Clopper-Pearson)" for every group. */
void check_note_intervals(struct check *c);

/* verify_groups.c */
void check_test_of_groups(struct check *c);
void check_effect(struct check *c);
void check_effect_interval(struct check *c);
void check_proportion_interval(struct check *c);

/* verify_summaries.c */
void check_compute(struct check *c);
void check_percent(struct check *c);
void check_summary(struct check *c);
void check_plausible(struct check *c);
void check_repeated(struct check *c);
void check_unit(struct check *c);

#endif
