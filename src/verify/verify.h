/* What a publication printed, recomputed: each claim of published.yaml with its verdict, the method
 * that gives the printed number, and the methods that do not. Nothing is guessed: what cannot be
 * computed from printed numbers says what is lacking. Everything lives in the arena. */
#ifndef QUELL_VERIFY_VERIFY_H
#define QUELL_VERIFY_VERIFY_H

#include "trial/analyte.h"
#include "trial/document.h"

enum verdict {
    VERDICT_REPRODUCED,
    VERDICT_INCONSISTENT, /* no way of computing it gives the printed number */
    VERDICT_NEEDS_PATIENTS,
    VERDICT_ADJUSTED,
    VERDICT_COUNT
};

/* One way of computing the number. */
struct verify_try {
    struct str method;   /* "Fisher's exact test, two-sided" */
    struct str computed; /* to the printed digits */
    double values[2];
    bool matches;
    struct verify_try *next;
};

struct verify_note {
    struct str words;
    struct verify_note *next;
};

struct verify_claim {
    const struct trial_claim *claim;
    enum verdict verdict;
    struct str computed; /* of the method that matches, else of the nearest; or empty */
    struct str method;   /* the same; or empty */
    struct verify_try *tries;
    struct verify_note *notes; /* how it was rounded, what direction it has, how it reads */
};

struct verify_result {
    const struct trial_published *published;
    uint32_t count;
    struct verify_claim *claims;
    uint32_t by_verdict[VERDICT_COUNT];
};

const char *verdict_words(enum verdict verdict);

/* Reads and recomputes. `analytes` may be NULL: claims about units are then refused. A claim that
 * lacks what its check needs is a diagnostic; *out is NULL when there are errors. */
MUST_USE enum status verify_published(const struct source *source,
                                      const struct analyte_table *analytes, struct arena *arena,
                                      struct diag_list *diags, struct verify_result **out);

#endif
