/* Parts of the terminal view that its two files share. */
#ifndef QUELL_REPORT_TREAT_TABLE_H
#define QUELL_REPORT_TREAT_TABLE_H

#include "report/treat_words.h"
#include "report/words.h"

struct treat_view {
    const struct treat_context *c;
    unsigned width;
    const char *strong;
    const char *quiet;
    const char *plain;
    struct buf *out;
    struct buf *text; /* being put together; empty between parts */
};

/* The text in lines behind a margin; it is empty afterwards. */
void treat_paragraph(const struct treat_view *v, unsigned margin, struct buf *text,
                     const char *tint);
void treat_heading(const struct treat_view *v, const char *words);
void treat_subject_head(const struct treat_view *v, const struct treat_subject *s);
void treat_subject_line(const struct treat_view *v, const struct treat_subject *s,
                        const struct treat_line *line);
void treat_questions(const struct treat_view *v, const struct treat_subject *s);
void treat_notes(const struct treat_view *v, const struct treat_subject *s);

/* Stage, biomarkers and doses, a column or two a day. */
void treat_course_picture(const struct treat_view *v, const struct treat_subject *s);
/* The whole of one subject. */
void treat_course_table(const struct treat_view *v, const struct treat_subject *s);

#endif
