/* The terminal view: how many stand where, the funnel of criteria, who to ask what. */
#include "report/words.h"

enum { ASKS_SHOWN_MAX = 24, IDS_SHOWN_MAX = 60, ID_COLUMNS = 9 };

struct view {
    const struct report_context *context;
    const struct screen_result *result;
    const struct trial *trial;
    unsigned width;
    const char *bold;
    const char *dim;
    const char *accent;
    const char *plain;
    struct common_asks common;
    struct buf *out;
};

static void heading(const struct view *view, const char *text) {
    buf_add_format(view->out, "\n%s%s%s\n", view->bold, text, view->plain);
}

/* Text in lines of the view's width, each with a margin. */
static void paragraph(const struct view *view, struct str text, unsigned margin) {
    words_paragraph(text, margin, view->width, "", "", view->out);
}

static void title(const struct view *view) {
    const struct trial_document *document = view->trial->document;
    struct buf *out = view->out;
    buf_add_cstr(out, view->bold);
    buf_add_shown(out, view->trial->id);
    buf_add_cstr(out, view->plain);
    for (uint32_t i = 0; i < document->registry.count && i < 1; i++) {
        buf_add_cstr(out, "  ");
        buf_add_shown(out, document->registry.items[i].value.text);
    }
    buf_add_char(out, '\n');
    paragraph(view, document->title.text, 0);
    buf_add_cstr(out, "As of ");
    words_time(view->result->at, view->result->offset_min, out);
    buf_add_cstr(out, view->result->at_chosen ? ", the latest record" : "");
    if (view->result->mode == SCREEN_SINCE) {
        buf_add_cstr(out, "; changed since ");
        words_time(view->result->since, view->result->offset_min, out);
    }
    buf_add_format(out, "; %llu patient%s\n", (unsigned long long)view->result->patients,
                   view->result->patients == 1 ? "" : "s");
    struct buf site;
    buf_init(&site);
    buf_add_cstr(&site, "Site ");
    words_site(view->trial, &site);
    paragraph(view, buf_str(&site), 0);
    if (buf_status(&site) != STATUS_OK) {
        out->status = buf_status(&site);
    }
    buf_release(&site);
    buf_add_char(out, '\n');
}

static void totals(const struct view *view) {
    static const struct {
        enum subject_status status;
        const char *words;
    } rows[] = {
        {SUBJECT_ELIGIBLE, "every criterion is answered, and well"},
        {SUBJECT_PENDING_HUMAN, "only people still have to answer"},
        {SUBJECT_UNDECIDED, "data are missing"},
        {SUBJECT_NOT_ELIGIBLE, "some criterion rules them out"},
    };
    unsigned bar = view->width > 76 ? 16 : 8;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t count = view->result->by_status[rows[i].status];
        words_number(count, 6, view->out);
        buf_add_cstr(view->out, "  ");
        words_cell(str_from(words_status(rows[i].status)), 19, view->out);
        buf_add_cstr(view->out, i == 0 ? view->accent : view->dim);
        words_bar(count, count, view->result->patients, bar, view->out);
        buf_add_format(view->out, "%s  %s%s%s\n", view->plain, view->dim, rows[i].words,
                       view->plain);
    }
}

static void criterion_row(const struct view *view, uint16_t c, unsigned title_width, unsigned bar) {
    const struct criterion *criterion = &view->trial->criteria[c];
    const struct screen_count *count = &view->result->counts[c];
    unsigned depth = words_depth(view->trial, c);
    struct buf *out = view->out;
    depth = depth < ID_COLUMNS / 2 ? depth : ID_COLUMNS / 2;
    buf_add_repeat(out, ' ', 1 + depth);
    words_cell(criterion->id, ID_COLUMNS - 2 - depth, out);
    buf_add_char(out, ' ');
    words_cell(criterion->title, title_width, out);
    buf_add_char(out, ' ');
    if (depth == 0) {
        buf_add_cstr(out, view->accent);
        words_bar(count->remaining_sure, count->remaining, view->result->patients, bar, out);
        buf_add_cstr(out, view->plain);
        words_number(count->remaining, 5, out);
    } else {
        buf_add_repeat(out, ' ', bar + 5);
    }
    words_number(count->met, 7, out);
    words_number(count->not_met, 8, out);
    words_number(count->unknown, 8, out);
    buf_add_char(out, '\n');
}

static void funnel(const struct view *view) {
    unsigned bar = view->width >= 90 ? 16 : 10;
    unsigned fixed = ID_COLUMNS + 1 + bar + 5 + 7 + 8 + 8;
    unsigned title_width = view->width > fixed + 16 ? view->width - fixed - 1 : 16;
    title_width = title_width > 60 ? 60 : title_width;
    bool excluding = false;
    for (uint32_t c = 0; c < view->trial->criterion_count; c++) {
        if (c == 0 || (view->trial->criteria[c].exclude && !excluding)) {
            excluding = view->trial->criteria[c].exclude;
            heading(view, excluding ? "Exclusion: met rules out" : "Inclusion: all must be met");
            buf_add_cstr(view->out, view->dim);
            buf_add_repeat(view->out, ' ', ID_COLUMNS);
            words_cell(STR("criterion"), title_width, view->out);
            buf_add_char(view->out, ' ');
            words_cell(STR("still in"), bar, view->out);
            buf_add_cstr(view->out, "         met not met unknown");
            buf_add_format(view->out, "%s\n", view->plain);
        }
        criterion_row(view, (uint16_t)c, title_width, bar);
    }
}

static void id_list(const struct view *view, enum subject_status status, const char *title_text) {
    if (view->result->by_status[status] == 0 || view->result->subject_count == 0) {
        return;
    }
    heading(view, title_text);
    struct buf line;
    buf_init(&line);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < view->result->subject_count && shown < IDS_SHOWN_MAX; i++) {
        if (view->result->subjects[i].status == status) {
            buf_add(&line, view->result->subjects[i].id);
            buf_add_char(&line, ' ');
            shown++;
        }
    }
    paragraph(view, buf_str(&line), 2);
    if (view->result->by_status[status] > shown) {
        buf_add_format(view->out, "  and %llu more: --format csv\n",
                       (unsigned long long)(view->result->by_status[status] - shown));
    }
    if (buf_status(&line) != STATUS_OK) {
        view->out->status = buf_status(&line);
    }
    buf_release(&line);
}

/* Whether two subjects wait for the same things for the same reasons: then they share a list. */
static bool same_asks(const struct screen_subject *a, const struct screen_subject *b) {
    if (a->status != b->status || a->confirm_count != b->confirm_count ||
        a->ask_first_count != b->ask_first_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->confirm_count; i++) {
        if (!str_equal(a->confirm[i].datum, b->confirm[i].datum) ||
            !str_equal(a->confirm[i].reason, b->confirm[i].reason)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < a->ask_first_count; i++) {
        if (!str_equal(a->ask_first[i].datum, b->ask_first[i].datum)) {
            return false;
        }
    }
    return true;
}

/* One thing to ask: the criteria that wait for it, what it is, and why it is not known. */
static void one_ask(const struct view *view, const struct screen_ask *ask, bool first) {
    struct buf line;
    buf_init(&line);
    buf_add_cstr(&line, first ? "! " : "- ");
    words_datum(ask, &line);
    buf_add_cstr(&line, " (");
    words_criteria(view->trial, ask->criterion_count, ask->criteria, &line);
    buf_add_char(&line, ')');
    if (ask->reason.len && !ask->human) {
        buf_add_cstr(&line, ": ");
        buf_add(&line, ask->reason);
    }
    paragraph(view, buf_str(&line), 6);
    if (buf_status(&line) != STATUS_OK) {
        view->out->status = buf_status(&line);
    }
    buf_release(&line);
}

static void ask_list(const struct view *view, const struct screen_subject *subject) {
    for (uint32_t i = 0; i < subject->confirm_count; i++) {
        const struct screen_ask *ask = &subject->confirm[i];
        if (!words_is_common(&view->common, ask)) {
            one_ask(view, ask, words_rules_out(subject, ask));
        }
    }
    for (uint32_t i = 0; i < subject->ask_first_count; i++) {
        if (!words_is_asked(subject, &subject->ask_first[i])) {
            one_ask(view, &subject->ask_first[i], true);
        }
    }
    if (subject->confirm_count && !subject->confirm_proven) {
        buf_add_cstr(view->out, "      (not proven the fewest)\n");
    }
}

/* The subjects from `first` on that wait for the same, and then what for. Gives how many. */
static uint64_t ask_group(const struct view *view, uint32_t first) {
    const struct screen_subject *subjects = view->result->subjects;
    struct buf ids;
    buf_init(&ids);
    uint64_t count = 0;
    for (uint32_t i = first; i < view->result->subject_count; i++) {
        if (i == first || same_asks(&subjects[first], &subjects[i])) {
            buf_add(&ids, subjects[i].id);
            buf_add_cstr(&ids, "  ");
            count++;
        }
    }
    buf_add_format(view->out, "\n  %s%s%s\n", view->dim, words_status(subjects[first].status),
                   view->plain);
    buf_add_cstr(view->out, view->bold);
    paragraph(view, buf_str(&ids), 2);
    buf_add_cstr(view->out, view->plain);
    if (buf_status(&ids) != STATUS_OK) {
        view->out->status = buf_status(&ids);
    }
    buf_release(&ids);
    ask_list(view, &subjects[first]);
    return count;
}

static bool asked_before(const struct view *view, uint32_t subject) {
    for (uint32_t i = 0; i < subject; i++) {
        if (same_asks(&view->result->subjects[i], &view->result->subjects[subject])) {
            return true;
        }
    }
    return false;
}

static void asks(const struct view *view) {
    uint64_t open =
        view->result->by_status[SUBJECT_PENDING_HUMAN] + view->result->by_status[SUBJECT_UNDECIDED];
    if (open == 0 || view->result->subject_count == 0) {
        return;
    }
    heading(view, "Who to ask what (! alone may rule them out: ask it first)");
    if (view->common.count) {
        buf_add_cstr(view->out, "  of each of them\n");
    }
    for (uint32_t i = 0; i < view->common.count; i++) {
        one_ask(view, view->common.items[i], false);
    }
    uint64_t shown = 0;
    uint32_t groups = 0;
    static const enum subject_status order[] = {SUBJECT_PENDING_HUMAN, SUBJECT_UNDECIDED};
    for (size_t s = 0; s < 2; s++) {
        for (uint32_t i = 0; i < view->result->subject_count && groups < ASKS_SHOWN_MAX; i++) {
            if (view->result->subjects[i].status == order[s] && !asked_before(view, i)) {
                shown += ask_group(view, i);
                groups++;
            }
        }
    }
    if (open > shown) {
        buf_add_format(view->out, "  and %llu more: --format csv, or --report FILE.html\n",
                       (unsigned long long)(open - shown));
    }
}

static void sweep(const struct view *view) {
    heading(view, "When each status began");
    for (uint32_t i = 0; i < view->result->subject_count; i++) {
        const struct screen_subject *subject = &view->result->subjects[i];
        buf_add_format(view->out, "  %s", view->bold);
        buf_add_shown(view->out, subject->id);
        buf_add_format(view->out, "%s\n", view->plain);
        for (uint32_t p = 0; p < subject->period_count; p++) {
            buf_add_cstr(view->out, "      ");
            if (subject->periods[p].from == INSTANT_MIN) {
                words_cell(STR("from the start"), 25, view->out);
            } else {
                words_time(subject->periods[p].from, view->result->offset_min, view->out);
                buf_add_cstr(view->out, "  ");
            }
            buf_add_format(view->out, "%s\n", words_status(subject->periods[p].status));
        }
    }
}

static void count_line(const struct view *view, uint64_t count, const char *words) {
    if (count) {
        words_number(count, 9, view->out);
        buf_add_format(view->out, "  %s\n", words);
    }
}

static void data_quality(const struct view *view) {
    const struct population_counts *data = view->result->data;
    heading(view, "The records");
    count_line(view, data->resources, "resources read");
    count_line(view, data->not_read, "lines not read, as nothing in the trial can want them");
    count_line(view, data->kept, "kept for the criteria");
    count_line(view, data->duplicates, "duplicates dropped");
    count_line(view, data->entered_in_error, "entered in error");
    count_line(view, data->status_as_of_export, "with a status that has no date: as of export");
    count_line(view, data->without_patient, "without a patient, left out");
    count_line(view, data->unknown_type, "of an unknown type, left out");
    count_line(view, data->bad, "could not be used: see the messages");
    count_line(view, view->result->errors, "run-time errors in the logic: see --explain");
}

void report_screen_table(const struct report_context *context, unsigned width, bool colour,
                         struct buf *out) {
    struct view view = {
        .context = context,
        .result = context->result,
        .trial = context->result->trial,
        .width = width < 60 ? 60 : width,
        .bold = colour ? "\033[1m" : "",
        .dim = colour ? "\033[2m" : "",
        .accent = colour ? "\033[36m" : "",
        .plain = colour ? "\033[0m" : "",
        .out = out,
    };
    words_common_asks(context->result, &view.common);
    title(&view);
    totals(&view);
    funnel(&view);
    id_list(&view, SUBJECT_ELIGIBLE, "Eligible");
    if (view.result->mode == SCREEN_SWEEP) {
        sweep(&view);
    }
    asks(&view);
    data_quality(&view);
    buf_add_format(out, "\n%s%.*s%s\n", view.dim, STR_ARG(context->notice), view.plain);
}
