#include "diag/diag.h"

#include "base/limits.h"

#include <stdlib.h>

static const struct diag_info infos[DIAG_ID_COUNT] = {
#define DIAG(id, severity, title, explanation, example)                                            \
    [DIAG_##id] = {#id, SEVERITY_##severity, title, explanation, example},
#include "diag/diag.def"
#undef DIAG
};

static const char *const severity_names[] = {"error", "warning", "note"};
static const char *const severity_colours[] = {"\033[1;31m", "\033[1;33m", "\033[1;36m"};

const struct diag_info *diag_info(enum diag_id id) {
    return &infos[id];
}

const struct diag_info *diag_find(struct str id) {
    for (size_t i = 0; i < DIAG_ID_COUNT; i++) {
        if (str_equal_fold(str_from(infos[i].id), id)) {
            return &infos[i];
        }
    }
    return NULL;
}

void diag_init(struct diag_list *list, struct arena *arena) {
    *list = (struct diag_list){.arena = arena};
    list->last = &list->first;
}

const struct source *diag_source(struct diag_list *list, struct str name, struct str text) {
    struct source *source = ARENA_NEW(list->arena, struct source);
    if (!source) {
        list->out_of_memory = true;
        return NULL;
    }
    *source = (struct source){.name = name, .text = text, .next = list->sources};
    list->sources = source;
    return source;
}

static struct diagnostic *record(struct diag_list *list, enum diag_id id, const char *format,
                                 va_list args) {
    enum severity severity = infos[id].severity;
    list->counts[severity]++;
    if (list->kept >= LIMIT_DIAGNOSTICS) {
        return NULL;
    }
    struct diagnostic *diagnostic = ARENA_NEW(list->arena, struct diagnostic);
    struct str message = diagnostic ? arena_vformat(list->arena, format, args) : STR_NONE;
    if (!message.at) {
        list->out_of_memory = true;
        return NULL;
    }
    *diagnostic = (struct diagnostic){.id = id, .severity = severity, .message = message};
    *list->last = diagnostic;
    list->last = &diagnostic->next;
    list->kept++;
    return diagnostic;
}

/* An error where another one begins is its consequence: what was read there is not what was meant.
 */
static bool follows_from_another(const struct diag_list *list, enum diag_id id, struct span span) {
    if (infos[id].severity != SEVERITY_ERROR || !span.source || list->kept >= LIMIT_DIAGNOSTICS) {
        return false;
    }
    for (const struct diagnostic *d = list->first; d; d = d->next) {
        if (d->severity == SEVERITY_ERROR && d->span.source == span.source &&
            d->span.start == span.start) {
            return true;
        }
    }
    return false;
}

struct diagnostic *diag_at(struct diag_list *list, enum diag_id id, struct span span,
                           const char *format, ...) {
    if (follows_from_another(list, id, span)) {
        return NULL;
    }
    va_list args;
    va_start(args, format);
    struct diagnostic *diagnostic = record(list, id, format, args);
    va_end(args);
    if (diagnostic) {
        diagnostic->span = span;
    }
    return diagnostic;
}

struct diagnostic *diag_in_file(struct diag_list *list, enum diag_id id, struct str file,
                                uint64_t line, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct diagnostic *diagnostic = record(list, id, format, args);
    va_end(args);
    if (diagnostic) {
        diagnostic->file = arena_copy(list->arena, file);
        diagnostic->line = line;
    }
    return diagnostic;
}

void diag_note(struct diag_list *list, struct diagnostic *diagnostic, const char *format, ...) {
    if (diagnostic) {
        va_list args;
        va_start(args, format);
        diagnostic->note = arena_vformat(list->arena, format, args);
        va_end(args);
    }
}

void diag_hint(struct diag_list *list, struct diagnostic *diagnostic, const char *format, ...) {
    if (diagnostic) {
        va_list args;
        va_start(args, format);
        diagnostic->hint = arena_vformat(list->arena, format, args);
        va_end(args);
    }
}

/* How many texts were registered up to this one; the list begins with the latest. */
static uint32_t source_rank(const struct source *source) {
    uint32_t rank = 0;
    for (const struct source *s = source; s; s = s->next) {
        rank++;
    }
    return source ? rank : UINT32_MAX;
}

static bool goes_before(const struct diagnostic *a, const struct diagnostic *b) {
    if (a->span.source != b->span.source) {
        return source_rank(a->span.source) < source_rank(b->span.source);
    }
    return a->span.source && a->span.start < b->span.start;
}

/* Insertion from the front: at most LIMIT_DIAGNOSTICS, nearly in order already. */
void diag_sort(struct diag_list *list) {
    struct diagnostic *sorted = NULL;
    for (struct diagnostic *next, *d = list->first; d; d = next) {
        next = d->next;
        struct diagnostic **at = &sorted;
        while (*at && !goes_before(d, *at)) {
            at = &(*at)->next;
        }
        d->next = *at;
        *at = d;
    }
    list->first = sorted;
    list->last = &list->first;
    while (*list->last) {
        list->last = &(*list->last)->next;
    }
}

struct diag_mark diag_mark_of(const struct diag_list *list) {
    struct diag_mark mark = {.last = list->last, .kept = list->kept};
    memcpy(mark.counts, list->counts, sizeof mark.counts);
    return mark;
}

void diag_rewind(struct diag_list *list, const struct diag_mark *mark) {
    list->last = mark->last;
    *list->last = NULL;
    list->kept = mark->kept;
    memcpy(list->counts, mark->counts, sizeof list->counts);
}

bool diag_has_errors(const struct diag_list *list) {
    return list->counts[SEVERITY_ERROR] > 0;
}

static bool continues(char byte) {
    return ((unsigned char)byte & 0xC0) == 0x80;
}

struct line_column diag_locate(const struct source *source, uint32_t offset) {
    struct line_column place = {1, 1};
    size_t end = offset < source->text.len ? offset : source->text.len;
    for (size_t i = 0; i < end; i++) {
        if (source->text.at[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (!continues(source->text.at[i])) {
            place.column++;
        }
    }
    return place;
}

/* The line that holds `offset`, without its end. */
static struct str line_around(struct str text, size_t offset) {
    size_t start = offset < text.len ? offset : text.len;
    while (start > 0 && text.at[start - 1] != '\n') {
        start--;
    }
    size_t end = start;
    while (end < text.len && text.at[end] != '\n') {
        end++;
    }
    end -= end > start && text.at[end - 1] == '\r';
    return (struct str){text.at + start, end - start};
}

enum { SHOWN_LINE_MAX = 160 };

/* The line and carets under the span. Tabs stand as one space in both, and a very long line is
 * cut around the place. */
static void print_excerpt(struct span span, const char *colour, const char *plain,
                          struct buf *out) {
    struct line_column place = diag_locate(span.source, span.start);
    struct str line = line_around(span.source->text, span.start);
    size_t at = (size_t)((span.source->text.at + span.start) - line.at);
    at = at < line.len ? at : line.len; /* a place in the line's end */
    size_t from = at > SHOWN_LINE_MAX / 2 ? at - SHOWN_LINE_MAX / 2 : 0;
    while (from > 0 && continues(line.at[from])) {
        from--;
    }
    size_t to = line.len - from > SHOWN_LINE_MAX ? from + SHOWN_LINE_MAX : line.len;
    while (to < line.len && continues(line.at[to])) {
        to++;
    }
    buf_add_format(out, "%6u | ", place.line);
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)line.at[i];
        buf_add_char(out, c < 0x20 || c == 0x7F ? ' ' : line.at[i]);
    }
    buf_add_cstr(out, "\n       | ");
    for (size_t i = from; i < at && i < line.len; i++) {
        if (!continues(line.at[i])) {
            buf_add_char(out, ' ');
        }
    }
    size_t carets = 0;
    for (size_t i = at; i < to && i < at + (span.end - span.start); i++) {
        carets += !continues(line.at[i]);
    }
    buf_add_cstr(out, colour);
    buf_add_repeat(out, '^', carets ? carets : 1);
    buf_add_cstr(out, plain);
    buf_add_char(out, '\n');
}

/* `before`, the text, which may come from foreign bytes, and `after`. */
static void add_shown(const char *before, struct str text, const char *after, struct buf *out) {
    buf_add_cstr(out, before);
    buf_add_shown(out, text);
    buf_add_cstr(out, after);
}

static void print_place(const struct diagnostic *diagnostic, struct buf *out) {
    if (diagnostic->span.source) {
        struct line_column place = diag_locate(diagnostic->span.source, diagnostic->span.start);
        add_shown("", diagnostic->span.source->name, ":", out);
        buf_add_format(out, "%u:%u: ", place.line, place.column);
    } else if (diagnostic->file.len && diagnostic->line) {
        add_shown("", diagnostic->file, ":", out);
        buf_add_format(out, "%llu: ", (unsigned long long)diagnostic->line);
    } else if (diagnostic->file.len) {
        add_shown("", diagnostic->file, ": ", out);
    }
}

void diag_print(const struct diagnostic *diagnostic, bool colour, struct buf *out) {
    const char *tint = colour ? severity_colours[diagnostic->severity] : "";
    const char *plain = colour ? "\033[0m" : "";
    print_place(diagnostic, out);
    buf_add_format(out, "%s%s%s: ", tint, severity_names[diagnostic->severity], plain);
    add_shown("", diagnostic->message, " [", out);
    buf_add_format(out, "%s]\n", infos[diagnostic->id].id);
    if (diagnostic->span.source) {
        print_excerpt(diagnostic->span, tint, plain, out);
    }
    if (diagnostic->note.len) {
        add_shown("  note: ", diagnostic->note, "\n", out);
    }
    if (diagnostic->hint.len) {
        add_shown("  hint: ", diagnostic->hint, "\n", out);
    }
}

void diag_print_all(const struct diag_list *list, bool colour, struct buf *out) {
    for (const struct diagnostic *d = list->first; d; d = d->next) {
        diag_print(d, colour, out);
    }
    uint64_t all = list->counts[0] + list->counts[1] + list->counts[2];
    if (all > list->kept) {
        buf_add_format(out, "%llu more not shown\n", (unsigned long long)(all - list->kept));
    }
    if (list->counts[SEVERITY_ERROR] || list->counts[SEVERITY_WARNING]) {
        buf_add_format(out, "%llu error%s, %llu warning%s\n",
                       (unsigned long long)list->counts[SEVERITY_ERROR],
                       list->counts[SEVERITY_ERROR] == 1 ? "" : "s",
                       (unsigned long long)list->counts[SEVERITY_WARNING],
                       list->counts[SEVERITY_WARNING] == 1 ? "" : "s");
    }
}

void diag_print_json(const struct diag_list *list, struct buf *out) {
    buf_add_char(out, '[');
    for (const struct diagnostic *d = list->first; d; d = d->next) {
        struct line_column place = {(uint32_t)d->line, 0};
        struct str file = d->file;
        if (d->span.source) {
            place = diag_locate(d->span.source, d->span.start);
            file = d->span.source->name;
        }
        buf_add_format(out, "%s{\"id\":\"%s\",\"severity\":\"%s\",\"file\":",
                       d == list->first ? "" : ",", infos[d->id].id, severity_names[d->severity]);
        buf_add_json(out, file);
        buf_add_format(out, ",\"line\":%u,\"column\":%u,\"message\":", place.line, place.column);
        buf_add_json(out, d->message);
        buf_add_cstr(out, ",\"note\":");
        buf_add_json(out, d->note);
        buf_add_cstr(out, ",\"hint\":");
        buf_add_json(out, d->hint);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}
