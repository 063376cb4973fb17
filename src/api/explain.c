/* What messages mean: one, all in a list, all as JSON, all as a page of the documentation. */
#include "api/session.h"

#include <string.h>

static const char *const severity_words[] = {"error", "warning", "note"};

#define MENDED "-- mended:\n"

/* The parts of a row's example. */
static struct str wrong_part(const struct diag_info *info) {
    const char *at = strstr(info->example, MENDED);
    return at ? (struct str){info->example, (size_t)(at - info->example)} : str_from(info->example);
}

static struct str mended_part(const struct diag_info *info) {
    const char *at = strstr(info->example, MENDED);
    return at ? str_from(at + strlen(MENDED)) : STR("");
}

static void add_indented(struct buf *out, struct str text) {
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.at + at, '\n', text.len - at);
        size_t len = end ? (size_t)(end - (text.at + at)) : text.len - at;
        buf_add_cstr(out, len ? "    " : "");
        buf_add(out, (struct str){text.at + at, len});
        buf_add_char(out, '\n');
        at += len + 1;
    }
}

static void one(const struct diag_info *info, struct buf *out) {
    buf_add_format(out, "%s (%s): %s\n\n", info->id, severity_words[info->severity], info->title);
    buf_add_wrapped(out, str_from(info->explanation), 79);
    if (info->example[0]) {
        buf_add_cstr(out, "\nWrong:\n");
        add_indented(out, wrong_part(info));
        buf_add_cstr(out, "\nMended:\n");
        add_indented(out, mended_part(info));
    }
}

static void table(struct buf *out) {
    for (int i = 0; i < DIAG_ID_COUNT; i++) {
        const struct diag_info *info = diag_info((enum diag_id)i);
        buf_add_format(out, "%s  %-7s  %s\n", info->id, severity_words[info->severity],
                       info->title);
    }
}

static void json(const struct diag_info *info, struct buf *out) {
    buf_add_format(out, "{\"id\":\"%s\",\"severity\":\"%s\",\"title\":", info->id,
                   severity_words[info->severity]);
    buf_add_json(out, str_from(info->title));
    buf_add_cstr(out, ",\"explanation\":");
    buf_add_json(out, str_from(info->explanation));
    buf_add_cstr(out, ",\"wrong\":");
    buf_add_json(out, wrong_part(info));
    buf_add_cstr(out, ",\"mended\":");
    buf_add_json(out, mended_part(info));
    buf_add_char(out, '}');
}

static void all_json(struct buf *out) {
    for (int i = 0; i < DIAG_ID_COUNT; i++) {
        buf_add_cstr(out, i ? ",\n" : "[");
        json(diag_info((enum diag_id)i), out);
    }
    buf_add_cstr(out, "]\n");
}

static void page(struct buf *out) {
    buf_add_cstr(out,
                 "<!-- Made by `quell explain --markdown`. -->\n# Messages\n\n"
                 "Every message carries an id; `quell explain ID` shows what stands here. The "
                 "examples are run by the tests:\nthe wrong text gives the message, the mended "
                 "one does not. A line `--- NAME` begins another file, a line\n`$ ...` is a "
                 "command. Examples of `TR` are keys of the `trial.yaml` that `quell new` makes, "
                 "and\ndefinitions of its `logic.cql`.\n");
    for (int i = 0; i < DIAG_ID_COUNT; i++) {
        const struct diag_info *info = diag_info((enum diag_id)i);
        buf_add_format(out, "\n## %s: %s\n\n%s. %s\n", info->id, info->title,
                       info->severity == SEVERITY_ERROR     ? "Error"
                       : info->severity == SEVERITY_WARNING ? "Warning"
                                                            : "Note",
                       info->explanation);
        if (info->example[0]) {
            buf_add_cstr(out, "\nWrong:\n\n");
            add_indented(out, wrong_part(info));
            buf_add_cstr(out, "\nMended:\n\n");
            add_indented(out, mended_part(info));
        }
    }
}

/* The ids that are nearest to what was written: those with one or two other letters. */
static void add_near(struct str id, struct buf *out) {
    size_t least = 3;
    for (int i = 0; i < DIAG_ID_COUNT; i++) {
        size_t distance = str_distance(id, str_from(diag_info((enum diag_id)i)->id), least);
        least = distance < least ? distance : least;
    }
    int shown = 0;
    for (int i = 0; least < 3 && i < DIAG_ID_COUNT && shown < 4; i++) {
        const struct diag_info *info = diag_info((enum diag_id)i);
        if (str_distance(id, str_from(info->id), 3) == least) {
            buf_add_format(out, "%s%s (%s)", shown++ ? ", " : "did you mean ", info->id,
                           info->title);
        }
    }
    buf_add_cstr(out, shown ? "? " : "");
}

static enum quell_status unknown(quell_session *session, const char *id) {
    struct buf near;
    buf_init(&near);
    struct str upper = arena_copy(&session->arena, str_from(id));
    for (size_t i = 0; upper.at && i < upper.len; i++) {
        char *c = (char *)upper.at + i;
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    }
    add_near(upper.at ? upper : str_from(id), &near);
    struct diagnostic *d =
        diag_in_file(&session->diags, DIAG_DA0003, STR_NONE, 0, "no message has the id '%s'", id);
    diag_hint(&session->diags, d, "%.*s`quell explain` alone lists all ids",
              STR_ARG(buf_str(&near)));
    buf_release(&near);
    return QUELL_USAGE;
}

enum quell_status quell_explain(quell_session *session, const char *id, enum quell_format format,
                                quell_sink *sink, void *context) {
    const struct diag_info *info = id ? diag_find(str_from(id)) : NULL;
    if (id && !info) {
        return unknown(session, id);
    }
    struct buf out;
    buf_init(&out);
    if (format == QUELL_TABLE && info) {
        one(info, &out);
    } else if (format == QUELL_TABLE) {
        table(&out);
    } else if (info) {
        json(info, &out);
        buf_add_char(&out, '\n');
    } else {
        all_json(&out);
    }
    return session_put_buf(&out, sink, context);
}

enum quell_status quell_explain_page(quell_sink *sink, void *context) {
    struct buf out;
    buf_init(&out);
    page(&out);
    return session_put_buf(&out, sink, context);
}
