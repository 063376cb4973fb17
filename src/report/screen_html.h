/* Parts of the HTML report that its two files share. */
#ifndef QUELL_REPORT_SCREEN_HTML_H
#define QUELL_REPORT_SCREEN_HTML_H

#include "report/words.h"

void html_text(struct buf *out, struct str text);
/* <tag class="...">text</tag>; an empty class is left out. */
void html_element(struct buf *out, const char *tag, const char *class_name, struct str text);
/* The people, by status, each with what decided. */
void html_subjects(const struct report_context *context, struct buf *out);

#endif
