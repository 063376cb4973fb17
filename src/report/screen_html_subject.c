/* The people of the HTML report: one line each, and behind it every criterion with its evidence. */
#include "report/screen_html.h"

static void fact(const struct evidence_fact *item, struct buf *out) {
    buf_add_cstr(out, "<div class=\"fact\">");
    html_text(out, item->label.len ? item->label : item->resource);
    if (item->value.len) {
        buf_add_cstr(out, " <b>");
        html_text(out, item->value);
        if (item->unit.len) {
            buf_add_char(out, ' ');
            html_text(out, item->unit);
        }
        buf_add_cstr(out, "</b>");
    }
    if (item->time.len) {
        buf_add_cstr(out, ", ");
        html_text(out, item->time);
    }
    if (item->status.len) {
        buf_add_cstr(out, ", ");
        html_text(out, item->status);
        buf_add_cstr(out, item->status_as_of_export ? " as of export" : "");
    }
    buf_add_cstr(out, " <code>");
    html_text(out, item->resource);
    buf_add_cstr(out, "</code> in <code>");
    html_text(out, item->file);
    buf_add_format(out, ":%llu</code></div>\n", (unsigned long long)item->line);
}

static void reason(const struct evidence_reason *item, struct buf *out) {
    html_element(out, "div", "why", item->words);
    for (uint32_t i = 0; i < item->fact_count; i++) {
        fact(&item->facts[i], out);
    }
    for (uint32_t i = 0; i < item->cause_count; i++) {
        buf_add_cstr(out, "<div class=\"why\">because: ");
        html_text(out, item->causes[i].words);
        buf_add_cstr(out, "</div>\n");
        for (uint32_t f = 0; f < item->causes[i].fact_count; f++) {
            if (!words_has_fact(item, &item->causes[i].facts[f])) {
                fact(&item->causes[i].facts[f], out);
            }
        }
    }
}

static void evidence(const struct screen_evidence *item, struct buf *out) {
    for (uint32_t i = 0; i < item->reason_count; i++) {
        reason(&item->reasons[i], out);
    }
    if (item->human) {
        buf_add_cstr(out, "<div class=\"why\">answered <b>");
        html_text(out, item->human->answer);
        buf_add_cstr(out, "</b> by ");
        html_text(out, item->human->who);
        buf_add_cstr(out, ", ");
        html_text(out, item->human->when);
        buf_add_cstr(out, "</div>\n");
    }
}

/* How a criterion stands, for colours and for paper: an item of a group that is decided well
 * decides nothing, whatever its own answer. */
static const char *state_of(const struct trial *trial, const struct screen_subject *subject,
                            uint32_t c) {
    const struct criterion *item = &trial->criteria[c];
    enum logic good = item->exclude ? LOGIC_FALSE : LOGIC_TRUE;
    for (uint16_t up = item->parent; up != CRITERION_NONE; up = trial->criteria[up].parent) {
        if (subject->answers[up].value == good) {
            return subject->answers[c].value == good ? "good" : "good other";
        }
    }
    if (subject->answers[c].value == LOGIC_UNKNOWN) {
        return subject->answers[c].waits_for_human ? "open people" : "open";
    }
    return subject->answers[c].value == good ? "good" : "bad";
}

static void criterion(const struct trial *trial, const struct screen_subject *subject, uint32_t c,
                      struct buf *out) {
    const struct criterion *item = &trial->criteria[c];
    const struct criterion_answer *answer = &subject->answers[c];
    buf_add_format(out, "<div class=\"crit %s\"><span>", state_of(trial, subject, c));
    html_text(out, item->id);
    buf_add_format(out, "</span><span class=\"a\">%s</span><div>",
                   answer->not_applicable ? "does not apply" : words_answer(answer));
    html_text(out, item->title);
    if (answer->assumed) {
        buf_add_cstr(out, " <span class=\"flag\">assumed from silence</span>");
    }
    if (subject->evidence) {
        evidence(&subject->evidence[c], out);
    }
    buf_add_cstr(out, "</div></div>\n");
}

static void one_ask(const struct trial *trial, const struct screen_ask *item, bool first,
                    struct buf *out) {
    struct buf words;
    buf_init(&words);
    words_datum(item, &words);
    buf_add_cstr(&words, " (");
    words_criteria(trial, item->criterion_count, item->criteria, &words);
    buf_add_char(&words, ')');
    buf_add_cstr(out, "<li>");
    html_text(out, buf_str(&words));
    if (buf_status(&words) != STATUS_OK) {
        out->status = buf_status(&words);
    }
    buf_release(&words);
    if (item->reason.len && !item->human) {
        buf_add_cstr(out, ": ");
        html_text(out, item->reason);
    }
    buf_add_cstr(out, first ? " <b class=\"first\">may rule out</b></li>\n" : "</li>\n");
}

static void asks(const struct trial *trial, const struct screen_subject *subject, struct buf *out) {
    if (subject->confirm_count) {
        buf_add_format(out, "<p>%s:</p><ul class=\"asks\">\n",
                       subject->confirm_proven
                           ? "The fewest answers that would make this patient eligible"
                           : "Answers that would make this patient eligible (not proven the "
                             "fewest)");
        for (uint32_t i = 0; i < subject->confirm_count; i++) {
            const struct screen_ask *item = &subject->confirm[i];
            one_ask(trial, item, words_rules_out(subject, item), out);
        }
        buf_add_cstr(out, "</ul>\n");
    }
    uint32_t others = 0;
    for (uint32_t i = 0; i < subject->ask_first_count; i++) {
        if (!words_is_asked(subject, &subject->ask_first[i])) {
            buf_add_cstr(out, others++ ? ""
                                       : "<p>What else may alone rule this patient out:</p>"
                                         "<ul class=\"asks\">\n");
            one_ask(trial, &subject->ask_first[i], false, out);
        }
    }
    buf_add_cstr(out, others ? "</ul>\n" : "");
}

/* The few words beside the name: why refused, or what is still to be asked. */
static void short_words(const struct trial *trial, const struct screen_subject *subject,
                        const struct common_asks *common, struct buf *out) {
    buf_add_cstr(out, "<span class=\"say\">");
    for (uint32_t i = 0; i < subject->failed_count; i++) {
        const struct criterion *failed = &trial->criteria[subject->failed[i]];
        buf_add_cstr(out, i ? "; " : "");
        html_text(out, failed->id);
        buf_add_cstr(out, failed->exclude ? ": " : " not met: ");
        html_text(out, failed->title);
    }
    uint32_t said = 0;
    uint32_t people = 0;
    for (uint32_t i = 0; i < subject->confirm_count; i++) {
        if (words_is_common(common, &subject->confirm[i])) {
            continue;
        }
        if (subject->confirm[i].human) {
            people++;
            continue;
        }
        buf_add_cstr(out, said++ ? "; " : "ask ");
        html_text(out, subject->confirm[i].datum);
    }
    if (people) {
        buf_add_format(out, "%s%u answer%s of people", said ? ", and " : "ask ", people,
                       people == 1 ? "" : "s");
    }
    buf_add_cstr(out, "</span>");
}

static void subject_block(const struct trial *trial, const struct screen_subject *subject,
                          const struct common_asks *common, struct buf *out) {
    bool refused = subject->status == SUBJECT_NOT_ELIGIBLE;
    buf_add_format(out, "<details class=\"subject%s\"><summary><span class=\"who\">",
                   refused ? " refused" : "");
    html_text(out, subject->id);
    buf_add_cstr(out, "</span> ");
    short_words(trial, subject, common, out);
    buf_add_cstr(out, "</summary>\n<div class=\"body\">\n");
    asks(trial, subject, out);
    for (uint32_t c = 0; c < trial->criterion_count; c++) {
        criterion(trial, subject, c, out);
    }
    for (uint32_t i = 0; i < subject->error_count; i++) {
        buf_add_cstr(out, "<p class=\"flag\">The logic failed in ");
        html_text(out, subject->errors[i].define);
        buf_add_cstr(out, ": ");
        html_text(out, subject->errors[i].message);
        buf_add_cstr(out, "</p>\n");
    }
    buf_add_cstr(out, "</div></details>\n");
}

void html_subjects(const struct report_context *context, struct buf *out) {
    static const struct {
        enum subject_status status;
        const char *title;
    } groups[] = {
        {SUBJECT_ELIGIBLE, "Eligible"},
        {SUBJECT_PENDING_HUMAN, "Waiting for people"},
        {SUBJECT_UNDECIDED, "Undecided"},
        {SUBJECT_NOT_ELIGIBLE, "Not eligible"},
    };
    const struct screen_result *result = context->result;
    struct common_asks common;
    words_common_asks(result, &common);
    buf_add_cstr(out, "<section id=\"people\" aria-labelledby=\"people-h\">"
                      "<h2 id=\"people-h\">Patients</h2>\n");
    if (common.count) {
        buf_add_cstr(out, "<p>Of everybody who is waiting or undecided, people have to answer:</p>"
                          "<ul class=\"asks common\">\n");
        for (uint32_t i = 0; i < common.count; i++) {
            buf_add_cstr(out, "<li>");
            html_text(out, common.items[i]->datum);
            buf_add_cstr(out, "</li>\n");
        }
        buf_add_cstr(out, "</ul>\n");
    }
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        buf_add_format(out, "<h3 id=\"%s\">%s: %llu</h3>\n", subject_status_word(groups[g].status),
                       groups[g].title, (unsigned long long)result->by_status[groups[g].status]);
        for (uint32_t i = 0; i < result->subject_count; i++) {
            if (result->subjects[i].status == groups[g].status) {
                subject_block(result->trial, &result->subjects[i], &common, out);
            }
        }
    }
    if (result->ids == SCREEN_COUNTS_ONLY) {
        buf_add_cstr(out, "<p>Counts only were asked for.</p>\n");
    }
    buf_add_cstr(out, "</section>\n");
}
