/* One subject for a terminal: every criterion, its answer, and what decided it. */
#include "report/words.h"

struct page {
    const struct trial *trial;
    unsigned width;
    const char *bold;
    const char *dim;
    const char *accent;
    const char *plain;
    struct buf *out;
};

/* Writes the line and empties it for the next. */
static void wrapped(const struct page *page, unsigned margin, const char *tint, struct buf *text) {
    words_paragraph(buf_str(text), margin, page->width, tint, page->plain, page->out);
    if (buf_status(text) != STATUS_OK) {
        page->out->status = buf_status(text);
    }
    buf_reset(text);
}

static void fact_line(const struct page *page, const struct evidence_fact *fact, struct buf *line) {
    buf_add(line, fact->label.len ? fact->label : fact->resource);
    if (fact->value.len) {
        buf_add_char(line, ' ');
        buf_add(line, fact->value);
    }
    if (fact->unit.len) {
        buf_add_char(line, ' ');
        buf_add(line, fact->unit);
    }
    if (fact->time.len) {
        buf_add_cstr(line, ", ");
        buf_add(line, fact->time);
    }
    if (fact->status.len) {
        buf_add_cstr(line, ", ");
        buf_add(line, fact->status);
        buf_add_cstr(line, fact->status_as_of_export ? " as of export" : "");
    }
    buf_add_format(line, "  [%.*s, %.*s:%llu]", STR_ARG(fact->resource), STR_ARG(fact->file),
                   (unsigned long long)fact->line);
    wrapped(page, 10, page->dim, line);
}

static void reason_lines(const struct page *page, const struct evidence_reason *reason,
                         struct buf *line) {
    buf_add(line, reason->words);
    wrapped(page, 8, "", line);
    for (uint32_t i = 0; i < reason->fact_count; i++) {
        fact_line(page, &reason->facts[i], line);
    }
    for (uint32_t i = 0; i < reason->cause_count; i++) {
        const struct evidence_cause *cause = &reason->causes[i];
        buf_add_cstr(line, "because: ");
        buf_add(line, cause->words);
        wrapped(page, 8, page->accent, line);
        for (uint32_t f = 0; f < cause->fact_count; f++) {
            if (!words_has_fact(reason, &cause->facts[f])) {
                fact_line(page, &cause->facts[f], line);
            }
        }
    }
}

static void criterion_lines(const struct page *page, const struct screen_subject *subject,
                            uint32_t c, struct buf *line) {
    const struct criterion *criterion = &page->trial->criteria[c];
    const struct criterion_answer *answer = &subject->answers[c];
    bool good = criterion->exclude ? answer->value == LOGIC_FALSE : answer->value == LOGIC_TRUE;
    buf_add_repeat(page->out, ' ', words_depth(page->trial, (uint16_t)c));
    buf_add_format(page->out, "  %s", page->bold);
    words_cell(criterion->id, 6, page->out);
    buf_add_cstr(page->out, page->plain);
    buf_add_format(page->out, "%s", good ? page->plain : page->accent);
    words_cell(str_from(answer->not_applicable ? "n/a" : words_answer(answer)), 12, page->out);
    buf_add_cstr(page->out, page->plain);
    bool was_cut = false;
    buf_add_shown(page->out, words_cut(criterion->title, page->width - 24, &was_cut));
    buf_add_cstr(page->out, was_cut ? "\xE2\x80\xA6" : "");
    buf_add_cstr(page->out, "\n");
    if (criterion->text.len) {
        buf_add(line, criterion->text);
        wrapped(page, 8, page->dim, line);
    }
    if (answer->assumed) {
        buf_add_cstr(line, "assumed from silence: nothing about it is in the records");
        wrapped(page, 8, "", line);
    }
    if (!subject->evidence) {
        return;
    }
    const struct screen_evidence *evidence = &subject->evidence[c];
    for (uint32_t i = 0; i < evidence->reason_count; i++) {
        reason_lines(page, &evidence->reasons[i], line);
    }
    if (evidence->human) {
        buf_add_format(line, "answered %.*s by %.*s, %.*s", STR_ARG(evidence->human->answer),
                       STR_ARG(evidence->human->who), STR_ARG(evidence->human->when));
        wrapped(page, 8, "", line);
    }
}

bool report_explain(const struct report_context *context, struct str id, unsigned width,
                    bool colour, struct buf *out) {
    const struct screen_result *result = context->result;
    const struct screen_subject *subject = words_find(result, id);
    if (!subject) {
        return false;
    }
    struct page page = {
        .trial = result->trial,
        .width = width < 60 ? 60 : width,
        .bold = colour ? "\033[1m" : "",
        .dim = colour ? "\033[2m" : "",
        .accent = colour ? "\033[36m" : "",
        .plain = colour ? "\033[0m" : "",
        .out = out,
    };
    buf_add_cstr(out, page.bold);
    buf_add_shown(out, subject->id);
    buf_add_format(out, "%s: %s for ", page.plain, words_status(subject->status));
    buf_add_shown(out, result->trial->id);
    buf_add_cstr(out, " as of ");
    words_time(result->at, result->offset_min, out);
    buf_add_cstr(out, "\n");
    struct buf line;
    buf_init(&line);
    for (uint32_t c = 0; c < result->trial->criterion_count; c++) {
        if (c == 0 ||
            result->trial->criteria[c].exclude != result->trial->criteria[c - 1].exclude) {
            buf_add_format(out, "\n%s%s%s\n", page.bold,
                           result->trial->criteria[c].exclude ? "Exclusion: met rules out"
                                                              : "Inclusion: all must be met",
                           page.plain);
        }
        criterion_lines(&page, subject, c, &line);
    }
    for (uint32_t i = 0; i < subject->error_count; i++) {
        buf_add_format(&line, "error in \"%.*s\": %.*s", STR_ARG(subject->errors[i].define),
                       STR_ARG(subject->errors[i].message));
        wrapped(&page, 2, page.accent, &line);
    }
    buf_release(&line);
    buf_add_format(out, "\n%s%.*s%s\n", page.dim, STR_ARG(context->notice), page.plain);
    return true;
}
