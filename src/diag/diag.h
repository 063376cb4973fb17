/* Diagnostics: what is wrong, doubtful or left out in the user's text or data, each with a stable
 * id, a severity, a place, and words that say what to do. All are collected, to a limit; the rest
 * are counted. Everything lives in the arena given to diag_init.
 *
 * A source is a text that was read as a whole (CQL, YAML, a value set); places in it are byte spans
 * and are shown as file:line:column with the line and carets. Data files are not kept: a diagnostic
 * about data carries its file and line only.
 *
 * Ids are the rows of diag/diag.def: the letters say the stage (CQ CQL, TR trial, TX terminology,
 * DA data, ST statistics, UC units), the number never changes its meaning. */
#ifndef QUELL_DIAG_DIAG_H
#define QUELL_DIAG_DIAG_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

enum diag_id {
#define DIAG(id, severity, title, explanation, example) DIAG_##id,
#include "diag/diag.def"
#undef DIAG
    DIAG_ID_COUNT
};

struct diag_info {
    const char *id; /* "CQ0001" */
    enum severity severity;
    const char *title;
    const char *explanation; /* what it means and how to mend it: `quell explain` */
    const char *example;     /* a text that shows it and its mended form, or "" */
};

const struct diag_info *diag_info(enum diag_id id);
/* NULL when there is no such id. */
const struct diag_info *diag_find(struct str id);

struct source {
    struct str name; /* as the user would write the path */
    struct str text;
    struct source *next;
};

/* Bytes [start, end) of a source; source NULL: no place in a text. */
struct span {
    const struct source *source;
    uint32_t start;
    uint32_t end;
};

struct line_column {
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in characters (code points) */
};

struct diagnostic {
    enum diag_id id;
    enum severity severity;
    struct span span;
    struct str file; /* when span.source is NULL: a data file, or empty */
    uint64_t line;   /* in that file, from 1; 0: the whole file */
    struct str message;
    struct str note; /* more context, or empty */
    struct str hint; /* what to do, or empty */
    struct diagnostic *next;
};

struct diag_list {
    struct arena *arena;
    struct diagnostic *first;
    struct diagnostic **last;
    struct source *sources;
    uint64_t counts[3]; /* by severity, including those not kept */
    uint64_t kept;
    bool out_of_memory; /* something could not be recorded */
};

void diag_init(struct diag_list *list, struct arena *arena);

/* Registers a text. Name and text are not copied and must outlive the list. NULL: no memory. */
const struct source *diag_source(struct diag_list *list, struct str name, struct str text);

/* Records a diagnostic at a span. Gives the record, so that the caller may set note and hint
 * (diag_note, diag_hint), or NULL when it was only counted, or is an error where an earlier error
 * begins: one mistake makes one message, and the earlier one is nearer to its cause. */
struct diagnostic *diag_at(struct diag_list *list, enum diag_id id, struct span span,
                           const char *format, ...) PRINTF_LIKE(4, 5);
/* The same for a line of a data file; `file` is copied. */
struct diagnostic *diag_in_file(struct diag_list *list, enum diag_id id, struct str file,
                                uint64_t line, const char *format, ...) PRINTF_LIKE(5, 6);
/* Both accept a NULL diagnostic. */
void diag_note(struct diag_list *list, struct diagnostic *diagnostic, const char *format, ...)
    PRINTF_LIKE(3, 4);
void diag_hint(struct diag_list *list, struct diagnostic *diagnostic, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Puts those with a place in a text in the order of their texts and places, before the others;
 * equal ones keep their order. */
void diag_sort(struct diag_list *list);

/* A point in the list, to take back what was recorded after it. */
struct diag_mark {
    struct diagnostic **last;
    uint64_t counts[3];
    uint64_t kept;
};

struct diag_mark diag_mark_of(const struct diag_list *list);
/* Forgets what was recorded since the mark; not across a diag_sort. */
void diag_rewind(struct diag_list *list, const struct diag_mark *mark);

bool diag_has_errors(const struct diag_list *list);
struct line_column diag_locate(const struct source *source, uint32_t offset);

/* One diagnostic as a terminal shows it, in the order: place, severity, message, id; the line; the
 * carets; note; hint. `colour` adds SGR sequences. */
void diag_print(const struct diagnostic *diagnostic, bool colour, struct buf *out);
/* All of them, errors in the order of their place, then a count line. */
void diag_print_all(const struct diag_list *list, bool colour, struct buf *out);
/* A JSON array of {"id","severity","file","line","column","message","note","hint"}. */
void diag_print_json(const struct diag_list *list, struct buf *out);

#endif
