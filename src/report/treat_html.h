/* Parts of the treatment page that its files share. */
#ifndef QUELL_REPORT_TREAT_HTML_H
#define QUELL_REPORT_TREAT_HTML_H

#include "report/screen_html.h"
#include "report/treat_words.h"

/* Puts the text out, escaped, and empties it. */
void treat_html_text(struct buf *out, struct buf *text);
/* <tag class="...">text</tag>, escaped; the text is empty afterwards. */
void treat_html_element(struct buf *out, const char *tag, const char *class_name, struct buf *text);

/* Stage, biomarkers and doses over the days, as SVG with a text of its own. */
void treat_html_picture(const struct treat_context *context, const struct treat_subject *subject,
                        struct buf *out);
/* Picture, calendar and decisions of one subject. */
void treat_html_course(const struct treat_context *context, const struct treat_subject *subject,
                       struct buf *out);

#endif
