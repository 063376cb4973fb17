/* The check of a publication, on a terminal and for programs. */
#include "report/stats_report.h"
#include "report/verify_report.h"
#include "report/words.h"

#include <stdarg.h>
#include <stdio.h>

enum { MARGIN = 4, TRIES_SHOWN_MAX = 9, NUMBER_COLUMNS = 14 };

static const char *tint_of(enum verdict verdict) {
    switch (verdict) {
    case VERDICT_REPRODUCED:
        return "\033[32m";
    case VERDICT_INCONSISTENT:
        return "\033[31;1m";
    default:
        return "\033[33m";
    }
}

static void paragraph(struct buf *out, struct str words, unsigned width) {
    words_paragraph(words, MARGIN, width, "", "", out);
}

static void text_line(struct buf *out, unsigned width, const char *format, ...) PRINTF_LIKE(3, 4);
static void text_line(struct buf *out, unsigned width, const char *format, ...) {
    char words[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(words, sizeof words, format, args);
    va_end(args);
    size_t kept = len < 0 ? 0 : (size_t)len < sizeof words ? (size_t)len : sizeof words - 1;
    paragraph(out, (struct str){words, kept}, width);
}

/* The number, and the method in as many lines as it takes. */
static void show_try(const struct verify_try *t, unsigned width, struct buf *out) {
    struct buf method;
    buf_init(&method);
    unsigned used = words_columns(t->computed);
    unsigned number = used > NUMBER_COLUMNS ? used : NUMBER_COLUMNS;
    unsigned margin = MARGIN + 4 + number + 2;
    words_paragraph(t->method, margin, width, "", "", &method);
    buf_add_format(out, "%*s%s ", MARGIN + 2, "", t->matches ? "=" : " ");
    words_cell(t->computed, number, out);
    buf_add_cstr(out, "  ");
    if (method.len > margin) {
        buf_add(out, (struct str){method.at + margin, method.len - margin});
    }
    if (buf_status(&method) != STATUS_OK) {
        out->status = buf_status(&method);
    }
    buf_release(&method);
}

/* All but the one that was named already. */
static void show_others(const struct verify_claim *claim, unsigned width, struct buf *out) {
    uint32_t shown = 0;
    uint32_t left = 0;
    bool named = false;
    for (const struct verify_try *t = claim->tries; t; t = t->next) {
        if (!named && str_equal(t->method, claim->method)) {
            named = true;
            continue;
        }
        if (shown == TRIES_SHOWN_MAX) {
            left++;
            continue;
        }
        if (shown++ == 0) {
            buf_add_format(out, "%*sother methods:\n", MARGIN, "");
        }
        show_try(t, width, out);
    }
    if (left) {
        buf_add_format(out, "%*sand %u more (--format json lists all)\n", MARGIN + 4, "", left);
    }
}

static void show_claim(const struct verify_claim *claim, unsigned width, bool colour,
                       struct buf *out) {
    const struct trial_claim *c = claim->claim;
    buf_add_format(out, "\n%s", colour ? tint_of(claim->verdict) : "");
    buf_add_cstr(out, verdict_words(claim->verdict));
    buf_add_cstr(out, colour ? "\033[0m" : "");
    buf_add_format(out, "  %.*s, %.*s\n", STR_ARG(c->id.text), STR_ARG(c->where.text));
    text_line(out, width, "%.*s: printed %.*s", STR_ARG(c->says.text), STR_ARG(c->printed.text));
    if (!claim->tries && claim->method.len) {
        text_line(out, width, "%.*s: %.*s", STR_ARG(claim->method), STR_ARG(claim->computed));
    } else if (claim->computed.len && claim->method.len) {
        bool nearest = claim->verdict == VERDICT_INCONSISTENT && claim->tries->next;
        text_line(out, width, "computed %.*s by %.*s%s", STR_ARG(claim->computed),
                  STR_ARG(claim->method), nearest ? ", which is nearest" : "");
    }
    show_others(claim, width, out);
    for (const struct verify_note *n = claim->notes; n; n = n->next) {
        paragraph(out, n->words, width);
    }
}

/* Adds a text in lines, and releases it. */
static void add_wrapped(struct buf *out, struct buf *text, unsigned width) {
    words_paragraph(buf_str(text), 0, width, "", "", out);
    if (buf_status(text) != STATUS_OK) {
        out->status = buf_status(text);
    }
    buf_release(text);
}

void report_verify_table(const struct verify_result *result, unsigned width, bool colour,
                         struct buf *out) {
    const struct trial_published *p = result->published;
    buf_add_format(out, "%s%.*s%s", colour ? "\033[1m" : "", STR_ARG(p->publication.text),
                   colour ? "\033[0m" : "");
    if (p->reference.text.len) {
        buf_add_format(out, "  %.*s", STR_ARG(p->reference.text));
    }
    buf_add_char(out, '\n');
    if (p->title.text.len) {
        words_paragraph(p->title.text, 0, width, "", "", out);
    }
    if (p->read.text.len) {
        struct buf read;
        buf_init(&read);
        buf_add_format(&read, "Read: %.*s", STR_ARG(p->read.text));
        add_wrapped(out, &read, width);
    }
    for (uint32_t i = 0; i < result->count; i++) {
        show_claim(&result->claims[i], width, colour, out);
    }
    struct buf sum;
    buf_init(&sum);
    buf_add_format(&sum, "%u claim%s: ", result->count, result->count == 1 ? "" : "s");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        buf_add_format(&sum, "%s%u %s", v ? ", " : "", result->by_verdict[v],
                       verdict_words((enum verdict)v));
    }
    buf_add_char(out, '\n');
    add_wrapped(out, &sum, width);
}

/* ---- For programs ---- */

static void add_member(struct buf *out, const char *name, struct str text) {
    buf_add_format(out, ",\"%s\":", name);
    buf_add_json(out, text);
}

static void add_claim(const struct verify_claim *claim, struct buf *out) {
    const struct trial_claim *c = claim->claim;
    buf_add_cstr(out, "{\"id\":");
    buf_add_json(out, c->id.text);
    add_member(out, "where", c->where.text);
    add_member(out, "says", c->says.text);
    add_member(out, "printed", c->printed.text);
    add_member(out, "computed", claim->computed);
    add_member(out, "method", claim->method);
    add_member(out, "verdict", str_from(verdict_words(claim->verdict)));
    buf_add_cstr(out, ",\"tried\":[");
    for (const struct verify_try *t = claim->tries; t; t = t->next) {
        buf_add_cstr(out, t == claim->tries ? "{\"method\":" : ",{\"method\":");
        buf_add_json(out, t->method);
        add_member(out, "computed", t->computed);
        buf_add_cstr(out, ",\"values\":[");
        report_number_json(t->values[0], out);
        if (!isnan(t->values[1])) {
            buf_add_char(out, ',');
            report_number_json(t->values[1], out);
        }
        buf_add_format(out, "],\"matches\":%s}", t->matches ? "true" : "false");
    }
    buf_add_cstr(out, "],\"notes\":[");
    for (const struct verify_note *n = claim->notes; n; n = n->next) {
        buf_add_cstr(out, n == claim->notes ? "" : ",");
        buf_add_json(out, n->words);
    }
    buf_add_cstr(out, "]}");
}

void report_verify_json(const struct verify_result *result, struct buf *out) {
    const struct trial_published *p = result->published;
    buf_add_cstr(out, "{\"format\":1");
    add_member(out, "publication", p->publication.text);
    add_member(out, "reference", p->reference.text);
    buf_add_cstr(out, ",\"claims\":[\n");
    for (uint32_t i = 0; i < result->count; i++) {
        add_claim(&result->claims[i], out);
        buf_add_cstr(out, i + 1 < result->count ? ",\n" : "\n");
    }
    buf_add_cstr(out, "],\"verdicts\":{");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        buf_add_format(out, "%s\"%s\":%u", v ? "," : "", verdict_words((enum verdict)v),
                       result->by_verdict[v]);
    }
    buf_add_cstr(out, "}}\n");
}

void report_verify_csv(const struct verify_result *result, struct buf *out) {
    buf_add_cstr(out, "id,where,printed,computed,method,verdict\n");
    for (uint32_t i = 0; i < result->count; i++) {
        const struct verify_claim *claim = &result->claims[i];
        const struct str cells[] = {claim->claim->id.text,
                                    claim->claim->where.text,
                                    claim->claim->printed.text,
                                    claim->computed,
                                    claim->method,
                                    str_from(verdict_words(claim->verdict))};
        for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++) {
            buf_add_cstr(out, k ? "," : "");
            buf_add_csv(out, cells[k]);
        }
        buf_add_char(out, '\n');
    }
}
