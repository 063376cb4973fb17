/* Parts of the HTML report that its two files share. */
#ifndef QUELL_REPORT_SCREEN_HTML_H
#define QUELL_REPORT_SCREEN_HTML_H

#include "report/words.h"

void html_text(struct buf *out, struct str text);
/* <tag class="...">text</tag>; an empty class is left out. */
void html_element(struct buf *out, const char *tag, const char *class_name, struct str text);
/* Rows of a list of names and values. */
void html_count_row(struct buf *out, const char *words, uint64_t count);
void html_hex_row(struct buf *out, const char *words, const uint8_t *bytes, size_t count);
/* What was said of the records, as a list under its own heading; nothing when nothing was. */
void html_messages(const struct diag_list *diags, const struct own_files *own, struct buf *out);
/* The people, by status, each with what decided. */
void html_subjects(const struct report_context *context, struct buf *out);

#endif
