/* Small things that all views share: times, widths, and the words for answers and statuses. */
#ifndef QUELL_REPORT_WORDS_H
#define QUELL_REPORT_WORDS_H

#include "report/report.h"

/* "2021-03-01 07:00 +01:00" for people, "2021-03-01T07:00:00.000+01:00" for machines. */
void words_time(instant_ms at, int16_t offset_min, struct buf *out);
void words_time_iso(instant_ms at, int16_t offset_min, struct buf *out);

/* Terminal columns a text takes, and the text cut to so many columns with an ellipsis. */
unsigned words_columns(struct str text);
struct str words_cut(struct str text, unsigned columns, bool *was_cut);
/* The text cut or filled with blanks to exactly so many columns. */
void words_cell(struct str text, unsigned columns, struct buf *out);
/* For people: 10*9/L of UCUM as 10 with a raised 9. */
void words_powers(struct buf *text);
/* Blanks up to so many columns, and at least two. */
void words_pad(struct buf *line, unsigned columns);
/* The text in lines of at most `width` columns, each behind a margin and between two SGR sequences
 * (empty for none). */
void words_paragraph(struct str text, unsigned margin, unsigned width, const char *tint,
                     const char *plain, struct buf *out);
void words_number(uint64_t number, unsigned columns, struct buf *out);
/* A bar of `columns` terminal columns for part / all, with `sure` of it solid. */
void words_bar(uint64_t sure, uint64_t part, uint64_t all, unsigned columns, struct buf *out);

/* For people: "not eligible". */
const char *words_status(enum subject_status status);
/* "met", "not met", "unknown". */
const char *words_answer(const struct criterion_answer *answer);
const char *words_answer_json(uint8_t logic);
/* "C reactive protein in the last 48 h" */
void words_datum(const struct screen_ask *ask, struct buf *out);
/* What people have to answer for every subject who is waiting or undecided: said once, not for
 * each. Nothing when only one is. */
enum { COMMON_ASKS_MAX = 64 };
struct common_asks {
    uint32_t count;
    const struct screen_ask *items[COMMON_ASKS_MAX];
};
void words_common_asks(const struct screen_result *result, struct common_asks *out);
bool words_is_common(const struct common_asks *common, const struct screen_ask *ask);
/* Whether the datum alone may rule the subject out, and whether it is among those to confirm. */
bool words_rules_out(const struct screen_subject *subject, const struct screen_ask *ask);
bool words_is_asked(const struct screen_subject *subject, const struct screen_ask *ask);
/* Whether the reason shows the fact already, so that its causes need not. */
bool words_has_fact(const struct evidence_reason *reason, const struct evidence_fact *fact);
/* The ids of criteria, joined with ", ". */
void words_criteria(const struct trial *trial, uint32_t count, const uint16_t *criteria,
                    struct buf *out);
const struct screen_subject *words_find(const struct screen_result *result, struct str id);
/* The depth of a criterion in its groups: 0 at the top. */
unsigned words_depth(const struct trial *trial, uint16_t criterion);

/* The key of the site that holds; empty for a trial without one. */
struct str words_site_id(const struct trial *trial);
/* "Toulon, Europe/Paris"; where there are several and none was asked for, that it is the first. */
void words_site(const struct trial *trial, struct buf *out);

#endif
