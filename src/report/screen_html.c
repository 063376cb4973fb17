/* The screening report: one self-contained page that reads on a phone, on paper, without JavaScript
 * and with a screen reader. Drawing only; screen_html_subject.c draws the people. */
#include "report/screen_html.h"

extern const char report_css[];

void html_text(struct buf *out, struct str text) {
    buf_add_html(out, text);
}

void html_element(struct buf *out, const char *tag, const char *class_name, struct str text) {
    buf_add_format(out, class_name[0] ? "<%s class=\"%s\">" : "<%s>", tag, class_name);
    buf_add_html(out, text);
    buf_add_format(out, "</%s>", tag);
}

static void head(const struct report_context *context, struct buf *out) {
    buf_add_cstr(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<title>Screening for ");
    buf_add_html(out, context->result->trial->id);
    buf_add_cstr(out, "</title>\n<style>\n");
    buf_add_cstr(out, report_css);
    buf_add_cstr(out, "</style></head>\n<body>\n");
}

static void registry(const struct trial_document *document, struct buf *out) {
    for (uint32_t i = 0; i < document->registry.count; i++) {
        buf_add_cstr(out, i ? ", " : "");
        buf_add_html(out, document->registry.items[i].name.text);
        buf_add_char(out, ' ');
        buf_add_html(out, document->registry.items[i].value.text);
    }
}

static void site(const struct trial *trial, struct buf *out) {
    struct buf words;
    buf_init(&words);
    words_site(trial, &words);
    html_text(out, buf_str(&words));
    if (buf_status(&words) != STATUS_OK) {
        out->status = buf_status(&words);
    }
    buf_release(&words);
}

static void page_header(const struct report_context *context, struct buf *out) {
    const struct screen_result *result = context->result;
    const struct trial_document *document = result->trial->document;
    buf_add_cstr(out, "<header>\n");
    html_element(out, "h1", "", document->title.text);
    buf_add_cstr(out, "\n<p class=\"quiet\">Screening for ");
    buf_add_html(out, result->trial->id);
    if (document->registry.count) {
        buf_add_cstr(out, " (");
        registry(document, out);
        buf_add_char(out, ')');
    }
    buf_add_cstr(out, "</p>\n<p>As of <b>");
    words_time(result->at, result->offset_min, out);
    buf_add_format(out, "</b>%s, %llu patient%s. Only what was known then counts.</p>\n",
                   result->at_chosen ? ", the time of the latest record" : "",
                   (unsigned long long)result->patients, result->patients == 1 ? "" : "s");
    buf_add_cstr(out, "<p>Site: ");
    site(result->trial, out);
    buf_add_cstr(out, "</p>\n");
    buf_add_cstr(out, "<nav aria-label=\"Sections\"><a href=\"#criteria\">Criteria</a>"
                      "<a href=\"#people\">Patients</a><a href=\"#records\">Records</a>"
                      "<a href=\"#assumptions\">Assumptions</a>"
                      "<a href=\"#provenance\">Provenance</a></nav>\n<div class=\"notice\">");
    buf_add_html(out, context->notice);
    buf_add_cstr(out, "</div>\n</header>\n");
}

static void totals(const struct screen_result *result, struct buf *out) {
    static const struct {
        enum subject_status status;
        const char *title;
        const char *words;
    } rows[] = {
        {SUBJECT_ELIGIBLE, "Eligible", "every criterion is answered, and well"},
        {SUBJECT_PENDING_HUMAN, "Waiting for people", "only people still have to answer"},
        {SUBJECT_UNDECIDED, "Undecided", "data are missing"},
        {SUBJECT_NOT_ELIGIBLE, "Not eligible", "some criterion rules them out"},
    };
    buf_add_cstr(out, "<ul class=\"totals\">\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *word = subject_status_word(rows[i].status);
        buf_add_format(out,
                       "<li class=\"%s\"><a href=\"#%s\"><b>%llu</b>%s</a>"
                       "<span class=\"source\">%s</span></li>\n",
                       word, word, (unsigned long long)result->by_status[rows[i].status],
                       rows[i].title, rows[i].words);
    }
    buf_add_cstr(out, "</ul>\n");
}

/* Solid: certain; light: still possible. */
static void bar(const struct screen_count *count, uint64_t all, struct buf *out) {
    double whole = all ? (double)all : 1.0;
    double sure = 100.0 * (double)count->remaining_sure / whole;
    double possible = 100.0 * (double)count->remaining / whole;
    buf_add_format(out,
                   "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" role=\"img\" "
                   "aria-label=\"%llu of %llu still in, %llu of them for certain\">"
                   "<rect width=\"100\" height=\"10\" fill=\"#f4f6f7\"/>"
                   "<rect width=\"%.2f\" height=\"10\" fill=\"#cfe4e5\"/>"
                   "<rect width=\"%.2f\" height=\"10\" fill=\"#0b6e75\"/></svg>",
                   (unsigned long long)count->remaining, (unsigned long long)all,
                   (unsigned long long)count->remaining_sure, possible, sure);
}

static void marks(const struct criterion *criterion, struct buf *out) {
    if (criterion->human) {
        buf_add_cstr(out, " <span class=\"flag\">asked of people</span>");
    }
    if (criterion->mark.status != MARK_STATED) {
        buf_add_format(out, "%s<span class=\"flag\">%s</span>", criterion->human ? " · " : " ",
                       trial_status_word(criterion->mark.status));
    }
    if (criterion->mark.note.len) {
        html_element(out, "span", "source", criterion->mark.note);
    }
}

static void number_cell(struct buf *out, const char *class_name, const char *label, uint64_t n) {
    buf_add_format(out, "<td role=\"cell\" class=\"n %s\" data-label=\"%s\">%llu</td>", class_name,
                   label, (unsigned long long)n);
}

static void criterion_row(const struct screen_result *result, uint32_t c, struct buf *out) {
    const struct criterion *criterion = &result->trial->criteria[c];
    const struct screen_count *count = &result->counts[c];
    bool item = criterion->parent != CRITERION_NONE;
    /* A narrow page lays rows out as cards; the roles keep it a table for a screen reader. */
    buf_add_format(out, "<tr%s role=\"row\"><th scope=\"row\" role=\"rowheader\" class=\"id\">",
                   item ? " class=\"item\"" : "");
    html_text(out, criterion->id);
    buf_add_cstr(out, "</th><td role=\"cell\" class=\"words\">");
    html_text(out, criterion->title);
    marks(criterion, out);
    if (criterion->text.len && !str_equal(criterion->text, criterion->title)) {
        buf_add_cstr(out, "<span class=\"source\">\xE2\x80\x9C");
        html_text(out, criterion->text);
        buf_add_cstr(out, "\xE2\x80\x9D</span>");
    }
    buf_add_cstr(out, "</td><td role=\"cell\" class=\"bar\">");
    if (!item) {
        bar(count, result->patients, out);
    }
    buf_add_cstr(out, "</td>");
    if (item) {
        buf_add_cstr(out, "<td role=\"cell\" class=\"n left\"></td>");
    } else {
        number_cell(out, "left", "left", count->remaining);
    }
    number_cell(out, "met", "met", count->met);
    number_cell(out, "notmet", "not met", count->not_met);
    number_cell(out, "unknown", "unknown", count->unknown);
    buf_add_cstr(out, "</tr>\n");
}

static void funnel_head(bool exclude, struct buf *out) {
    static const char *const columns[] = {"Id",  "Criterion", "Still in", "Left",
                                          "Met", "Not met",   "Unknown"};
    buf_add_format(out,
                   "<h3>%s</h3>\n<table class=\"funnel\" role=\"table\"><caption>%s The bar shows "
                   "who is still in after each criterion: dark for certain, light while something "
                   "is unknown.</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">",
                   exclude ? "Exclusion" : "Inclusion",
                   exclude ? "A criterion that is met rules the patient out." : "All must be met.");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        buf_add_format(out, "<th scope=\"col\" role=\"columnheader\"%s>%s</th>",
                       i >= 3 ? " class=\"n\"" : "", columns[i]);
    }
    buf_add_cstr(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

static void criteria(const struct screen_result *result, struct buf *out) {
    buf_add_cstr(out, "<section id=\"criteria\" aria-labelledby=\"criteria-h\">"
                      "<h2 id=\"criteria-h\">Criteria, in order</h2>\n");
    for (int exclude = 0; exclude < 2; exclude++) {
        bool open = false;
        for (uint32_t c = 0; c < result->trial->criterion_count; c++) {
            if (result->trial->criteria[c].exclude != (exclude == 1)) {
                continue;
            }
            if (!open) {
                funnel_head(exclude == 1, out);
                open = true;
            }
            criterion_row(result, c, out);
        }
        buf_add_cstr(out, open ? "</tbody></table>\n" : "");
    }
    buf_add_cstr(out, "</section>\n");
}

void html_count_row(struct buf *out, const char *words, uint64_t count) {
    buf_add_format(out, "<dt>%s</dt><dd>%llu</dd>\n", words, (unsigned long long)count);
}

enum { MESSAGES_SHOWN_MAX = 200 };

static void message(const struct diagnostic *d, const struct own_files *own, struct buf *out) {
    buf_add_cstr(out, "<li>");
    if (d->file.len) {
        buf_add_cstr(out, "<code>");
        html_text(out, own_files_has(own, d->file) ? STR("(file of one patient)") : d->file);
        if (d->line) {
            buf_add_format(out, ":%llu", (unsigned long long)d->line);
        }
        buf_add_cstr(out, "</code> ");
    }
    html_text(out, d->message);
    buf_add_cstr(out, "</li>\n");
}

/* Of the data: what is said of the trial's own text is its author's to mend. */
void html_messages(const struct diag_list *diags, const struct own_files *own, struct buf *out) {
    uint64_t count = 0;
    for (const struct diagnostic *d = diags->first; d; d = d->next) {
        if (d->span.source) {
            continue;
        }
        if (count++ == 0) {
            buf_add_cstr(out, "<h3>What could not be used, or was doubtful</h3>\n"
                              "<ul class=\"small\">\n");
        }
        if (count <= MESSAGES_SHOWN_MAX) {
            message(d, own, out);
        }
    }
    if (count > MESSAGES_SHOWN_MAX) {
        buf_add_format(out, "<li>and %llu more</li>\n",
                       (unsigned long long)(count - MESSAGES_SHOWN_MAX));
    }
    buf_add_cstr(out, count ? "</ul>\n" : "");
}

static void records(const struct report_context *context, struct buf *out) {
    const struct population_counts *data = context->result->data;
    buf_add_cstr(out, "<section id=\"records\" aria-labelledby=\"records-h\">"
                      "<h2 id=\"records-h\">The records</h2>\n<dl>\n");
    html_count_row(out, "Files", data->files);
    html_count_row(out, "Resources read", data->resources);
    html_count_row(out, "Kept for the criteria", data->kept);
    html_count_row(out, "Not wanted by any criterion", data->not_wanted);
    html_count_row(out, "Lines not read (nothing can want them)", data->not_read);
    html_count_row(out, "Duplicates dropped", data->duplicates);
    html_count_row(out, "Entered in error", data->entered_in_error);
    html_count_row(out, "Status as of export (no date of its own)", data->status_as_of_export);
    html_count_row(out, "Without a patient, left out", data->without_patient);
    html_count_row(out, "Of an unknown type, left out", data->unknown_type);
    html_count_row(out, "Could not be used", data->bad);
    html_count_row(out, "Run-time errors in the logic", context->result->errors);
    buf_add_cstr(out, "</dl>\n");
    html_messages(context->diags, context->result->own_files, out);
    buf_add_cstr(out, "</section>\n");
}

static void assumptions(const struct trial *trial, struct buf *out) {
    buf_add_cstr(out, "<section id=\"assumptions\" aria-labelledby=\"assumptions-h\">"
                      "<h2 id=\"assumptions-h\">What the trial's source does not state</h2>\n");
    if (trial->assumption_count == 0) {
        buf_add_cstr(out, "<p>Everything used here is stated in the source.</p></section>\n");
        return;
    }
    buf_add_cstr(out, "<table><thead><tr><th scope=\"col\">Where</th><th scope=\"col\">What</th>"
                      "<th scope=\"col\">Status</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < trial->assumption_count; i++) {
        const struct trial_assumption *item = &trial->assumptions[i];
        buf_add_cstr(out, "<tr>");
        html_element(out, "td", "", item->where);
        buf_add_cstr(out, "<td>");
        html_text(out, item->what);
        if (item->note.len) {
            html_element(out, "span", "source", item->note);
        }
        buf_add_format(out, "</td><td>%s</td></tr>\n", trial_status_word(item->status));
    }
    buf_add_cstr(out, "</tbody></table></section>\n");
}

void html_hex_row(struct buf *out, const char *words, const uint8_t *bytes, size_t count) {
    buf_add_format(out, "<dt>%s</dt><dd><code>", words);
    for (size_t i = 0; i < count; i++) {
        buf_add_format(out, "%02x", bytes[i]);
    }
    buf_add_cstr(out, "</code></dd>\n");
}

static void provenance(const struct report_context *context, struct buf *out) {
    const struct screen_result *result = context->result;
    buf_add_cstr(out, "<section id=\"provenance\" aria-labelledby=\"provenance-h\">"
                      "<h2 id=\"provenance-h\">Provenance</h2>\n<dl>\n<dt>Quell</dt><dd>");
    html_text(out, context->version);
    buf_add_cstr(out, "</dd>\n");
    html_hex_row(out, "Trial, BLAKE2b-256", result->trial->hash, sizeof result->trial->hash);
    html_hex_row(out, "Records, XXH3-128", result->data_hash, sizeof result->data_hash);
    buf_add_cstr(out, "<dt>Arguments</dt><dd>");
    for (uint32_t i = 0; i < context->argument_count; i++) {
        buf_add_cstr(out, i ? " " : "");
        html_element(out, "code", "", context->arguments[i]);
    }
    buf_add_format(out, "</dd>\n<dt>People's answers used</dt><dd>%llu</dd>\n</dl></section>\n",
                   (unsigned long long)result->answers_used);
}

void report_screen_html(const struct report_context *context, struct buf *out) {
    head(context, out);
    page_header(context, out);
    buf_add_cstr(out, "<main>\n");
    totals(context->result, out);
    criteria(context->result, out);
    html_subjects(context, out);
    records(context, out);
    assumptions(context->result->trial, out);
    provenance(context, out);
    buf_add_cstr(out, "</main>\n<footer>");
    html_text(out, context->notice);
    buf_add_cstr(out, "</footer>\n</body></html>\n");
}
