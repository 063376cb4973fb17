/* Words and order that the views of a treatment list share. */
#ifndef QUELL_REPORT_TREAT_WORDS_H
#define QUELL_REPORT_TREAT_WORDS_H

#include "report/report_treat.h"

/* ---- Times: all local at the subject's site ---- */

/* "2021-03-01 09:00" */
void treat_words_time(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                      struct buf *out);
/* "09:00", with the date where it is another day than `near`: "2 Mar 09:00". */
void treat_words_clock(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                       instant_ms near, struct buf *out);
/* Days since 1970 at the site, and such a day as "Mon 2021-03-01". */
int64_t treat_words_local_day(const struct treat_context *c, const struct treat_subject *s,
                              instant_ms at);
void treat_words_date(int64_t day, struct buf *out);

/* ---- One line of the list ---- */

/* "Anakinra 300 mg, intravenous"; without a dose where none is decided. */
void treat_words_what(const struct treat_context *c, const struct treat_subject *s,
                      const struct treat_line *line, struct buf *out);
/* "09:00, 21:00", "first dose, due since 05:00", "on hold, not at 09:00" */
void treat_words_when(const struct treat_context *c, const struct treat_subject *s,
                      const struct treat_line *line, struct buf *out);
/* "3 syringes of 100 mg a dose", or nothing. */
void treat_words_units(const struct treat_context *c, const struct treat_line *line,
                       struct buf *out);
/* "day 3 of 14" */
void treat_words_day(const struct treat_subject *s, const struct treat_line *line, struct buf *out);
/* "3 given (900 mg), 1 missed" */
void treat_words_so_far(const struct treat_subject *s, uint16_t drug, struct buf *out);
/* "ordered", "no order found", "the order is for 100 mg" */
void treat_words_order(const struct treat_line *line, struct buf *out);

/* ---- What cannot be decided ---- */

/* Questions of conditions and of people; the others stand at their line. */
bool treat_is_open(const struct treat_question *question);
/* "whether Anakinra (ana-short) and Ruxolitinib (rux) start; rule step-up"; nothing when no
 * question is open. */
void treat_words_questions(const struct treat_context *c, const struct treat_subject *s,
                           struct buf *out);
/* What all open questions of a subject need, each thing once: "C reactive protein in the last
 * 48 h; ...". Nothing when no datum is missing. */
void treat_words_needs(const struct treat_subject *s, struct buf *out);
/* The conditions of the open questions, each once: what people can answer. */
void treat_words_conditions(const struct treat_subject *s, struct buf *out);
/* What advice could not be checked for want of: as treat_words_needs. */
void treat_words_unchecked(const struct treat_subject *s, struct buf *out);

/* What decided, the first two reasons: "; platelets 12 10*9/L < 15 10*9/L (2020-09-10 06:00)". */
void treat_words_evidence(const struct treat_context *c, const struct treat_subject *s,
                          const struct course_evidence *evidence, struct buf *out);
/* "Anakinra: 5 doses, 15 syringes of 100 mg" */
void treat_words_total(const struct treat_context *c, const struct treat_total *total,
                       struct buf *out);

/* ---- One course ---- */

/* What a decision was, for people. */
void treat_words_decision(const struct treat_context *c, const struct treat_subject *s,
                          const struct course_decision *d, struct buf *out);
/* The next decision rests on the same condition at the same time: what decided is said there. */
bool treat_shares_evidence(const struct treat_subject *s, uint32_t decision);
/* A reason with the resources and the times behind it. */
void treat_words_reason(const struct treat_context *c, const struct treat_subject *s,
                        const struct evidence_reason *reason, struct buf *out);
/* "13:00 300 mg given 13:20" */
void treat_words_dose(const struct treat_context *c, const struct treat_subject *s,
                      const struct course_dose *dose, struct buf *out);
/* "primary outcome, day 7 (day 6 to 8)" */
void treat_words_visit(const struct trial_visit *visit, struct buf *out);
/* "grade 3: Platelet count decreased, serious" */
void treat_words_adverse(const struct treat_context *c, const struct course_adverse *adverse,
                         struct buf *out);
/* "adverse event 8 Sep 09:00: grade 4: ..." */
void treat_words_event(const struct treat_context *c, const struct treat_subject *s,
                       const struct course_adverse *adverse, struct buf *out);
/* Serious, or of grade 3 and more. */
bool treat_is_severe(const struct course_adverse *adverse);
/* Safety events that wait for a person, each with the id that an answer names; or nothing. */
void treat_words_asked(const struct treat_subject *s, struct buf *out);
void treat_words_finding(const struct treat_context *c, const struct course_finding *finding,
                         struct buf *out);
/* The study day on which everything planned and every visit is over. */
int32_t treat_last_day(const struct treat_context *c, const struct treat_subject *s);
bool treat_has_doses(const struct treat_subject *s, uint16_t drug);

/* ---- Names ---- */

struct str treat_words_drug(const struct treat_context *c, uint16_t drug);
const char *treat_words_origin(enum course_origin origin);
bool treat_is_undecided(const struct treat_subject *s);
/* The key of the site, and "Hôpital Sainte-Musse, Toulon". */
struct str treat_words_site(const struct treat_context *c, const struct treat_subject *s);
void treat_words_site_name(const struct treat_context *c, uint16_t site, struct buf *out);
struct str treat_words_zone(const struct treat_context *c, uint16_t site);
struct str treat_words_arm(const struct treat_context *c, const struct treat_subject *s);
/* "the arm gives no drug of the trial" */
const char *treat_words_idle(enum treat_idle idle);
/* "jakincov version 1 (clinicaltrials.gov NCT04366232)" */
void treat_words_trial(const struct treat_context *c, struct buf *out);
/* "13 subjects: 5 with something to decide, 6 with doses and 2 with nothing in these 24 hours" */
void treat_words_counts(const struct treat_context *c, struct buf *out);
/* Why the list is empty, and what to do. */
const char *treat_words_nobody(const struct treat_context *c);
/* What the words of the list mean, a paragraph each; NULL ends it. */
extern const char *const treat_words_legend[];

#endif
