/* What the parts of a screening share. */
#ifndef QUELL_SCREEN_SCREEN_INTERNAL_H
#define QUELL_SCREEN_SCREEN_INTERNAL_H

#include "course/course_subject.h"
#include "course/own_files.h"
#include "screen/screen.h"

/* What each thread has of its own. Results of its subjects live in its arena. */
struct screen_thread {
    struct machine *machine;
    struct arena arena;
    struct arena scratch;             /* of the subject being investigated */
    struct criterion_answer *answers; /* one a criterion */
};

struct screen_memory {
    uint32_t thread_count;
    struct screen_thread *threads;
    struct own_files *own_files; /* NULL where patients go by their own ids */
};

struct screening {
    const struct trial *trial;
    const struct population *population;
    const struct screen_options *options;
    struct op_terminology terminology;
    instant_ms at;
    bool at_is_latest;            /* no time was asked for, and something is known */
    const struct str *pseudonyms; /* one a patient */
    struct screen_memory *memory;
    struct screen_subject *subjects; /* one a patient */
    bool *is_listed;                 /* one a patient: whether it belongs into the result */
};

/* One subject being looked at: its course, and where its results go. */
struct screen_case {
    const struct screening *screening;
    struct course_subject course;
    struct screen_thread *thread;
    struct screen_subject *subject;
    const struct answer **given; /* one a criterion */
};

/* With the machine traced at `at`: what to ask next, and the evidence when it is wanted. */
MUST_USE enum status screen_investigate(struct screen_case *c, bool advise, bool evidence);

#endif
