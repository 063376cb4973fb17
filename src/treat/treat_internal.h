#ifndef QUELL_TREAT_TREAT_INTERNAL_H
#define QUELL_TREAT_TREAT_INTERNAL_H

#include "treat/treat.h"

struct treat_thread {
    struct machine *machine;
    struct arena arena;
    struct arena scratch;
};

struct treat_memory {
    uint32_t thread_count;
    struct treat_thread *threads;
    struct own_files *own_files; /* NULL where patients go by their own ids */
};

/* Lines, questions and notes of a subject whose course was run. */
MUST_USE enum status treat_lines(struct course_records *records, instant_ms at,
                                 struct treat_subject *subject);

/* The order of the list and its totals, from the subjects of `out`. */
MUST_USE enum status treat_list(const struct trial *trial, struct arena *arena,
                                struct treat_result *out);

#endif
