/* JSON with two blanks a level. */
#include "elm/elm_internal.h"

#include "base/limits.h"

static void start_value(struct elm_writer *w) {
    if (w->comma) {
        buf_add_char(w->out, ',');
    }
}

static void new_line(struct elm_writer *w) {
    buf_add_char(w->out, '\n');
    buf_add_repeat(w->out, ' ', (size_t)w->depth * 2);
}

/* Items of an array stand on lines of their own; the value of a key behind it. */
static void place(struct elm_writer *w) {
    if (!w->keyed && w->depth) {
        start_value(w);
        new_line(w);
    }
    w->keyed = false;
}

void elm_open(struct elm_writer *w, char brace) {
    place(w);
    buf_add_char(w->out, brace);
    w->depth++;
    w->comma = false;
    w->too_large = w->too_large || w->out->len > LIMIT_ELM_BYTES;
}

void elm_close(struct elm_writer *w, char brace) {
    w->depth--;
    if (w->comma) {
        new_line(w);
    }
    buf_add_char(w->out, brace);
    w->comma = true;
}

void elm_key(struct elm_writer *w, const char *name) {
    start_value(w);
    new_line(w);
    buf_add_json(w->out, str_from(name));
    buf_add_cstr(w->out, ": ");
    w->keyed = true;
}

void elm_text(struct elm_writer *w, struct str text) {
    place(w);
    buf_add_json(w->out, text);
    w->comma = true;
}

void elm_raw(struct elm_writer *w, struct str text) {
    place(w);
    buf_add(w->out, text);
    w->comma = true;
}

void elm_member(struct elm_writer *w, const char *name, struct str text) {
    elm_key(w, name);
    elm_text(w, text);
}

void elm_flag(struct elm_writer *w, const char *name, bool value) {
    elm_key(w, name);
    elm_raw(w, value ? STR("true") : STR("false"));
}

void elm_node(struct elm_writer *w, const char *type) {
    elm_open(w, '{');
    elm_member(w, "type", str_from(type));
}

/* "line:column-line:column", the last character included. */
void elm_locator(struct elm_writer *w, struct span span) {
    if (!span.source || span.source != w->library->source || span.end <= span.start) {
        return;
    }
    struct line_column first = diag_locate(span.source, span.start);
    struct line_column last = diag_locate(span.source, span.end - 1);
    char text[64];
    (void)snprintf(text, sizeof text, "%u:%u-%u:%u", first.line, first.column, last.line,
                   last.column);
    elm_member(w, "locator", str_from(text));
}
