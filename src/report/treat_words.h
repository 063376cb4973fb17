/* Words and order that the views of a treatment list share. */
#ifndef QUELL_REPORT_TREAT_WORDS_H
#define QUELL_REPORT_TREAT_WORDS_H

#include "report/report_treat.h"

/* "2021-03-01 09:00" at the subject's site. */
void treat_words_time(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                      struct buf *out);
/* "09:00", with the date where it is another day than `near`. */
void treat_words_clock(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                       instant_ms near, struct buf *out);
/* "09:00, 21:00" */
void treat_words_times(const struct treat_context *c, const struct treat_subject *s,
                       const struct treat_line *line, struct buf *out);
/* "3 syringes of 100 mg", or nothing. */
void treat_words_units(const struct treat_context *c, const struct treat_line *line,
                       struct buf *out);
/* "day 3 of at most 14" */
void treat_words_day(const struct treat_subject *s, const struct treat_line *line, struct buf *out);
/* "given 3, missed 1; 900 mg so far" */
void treat_words_so_far(const struct treat_context *c, const struct treat_subject *s, uint16_t drug,
                        struct buf *out);
/* What a decision was, for people. */
void treat_words_decision(const struct treat_context *c, const struct treat_subject *s,
                          const struct course_decision *d, struct buf *out);
struct str treat_words_drug(const struct treat_context *c, uint16_t drug);
const char *treat_words_origin(enum course_origin origin);
bool treat_is_undecided(const struct treat_subject *s);
/* "toulon", or the arm's label. */
struct str treat_words_site(const struct treat_context *c, const struct treat_subject *s);
struct str treat_words_arm(const struct treat_context *c, const struct treat_subject *s);

#endif
