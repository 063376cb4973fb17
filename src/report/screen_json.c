/* Screening for programs: the JSON contract of DESIGN.md, a line a subject, and CSV. */
#include "report/words.h"

static void member(struct buf *out, const char *name, struct str text) {
    buf_add_format(out, ",\"%s\":", name);
    buf_add_json(out, text);
}

static void criteria_ids(const struct trial *trial, uint32_t count, const uint16_t *criteria,
                         struct buf *out) {
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        buf_add_cstr(out, i ? "," : "");
        buf_add_json(out, trial->criteria[criteria[i]].id);
    }
    buf_add_char(out, ']');
}

static void ask_list(const struct trial *trial, uint32_t count, const struct screen_ask *asks,
                     struct buf *out) {
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        buf_add_cstr(out, i ? ",{\"datum\":" : "{\"datum\":");
        buf_add_json(out, asks[i].datum);
        member(out, "criterion",
               asks[i].criterion_count ? trial->criteria[asks[i].criteria[0]].id : STR(""));
        buf_add_cstr(out, ",\"criteria\":");
        criteria_ids(trial, asks[i].criterion_count, asks[i].criteria, out);
        member(out, "window", asks[i].window);
        member(out, "reason", asks[i].reason);
        buf_add_format(out, ",\"human\":%s}", asks[i].human ? "true" : "false");
    }
    buf_add_char(out, ']');
}

static void time_member(struct buf *out, const char *name, instant_ms at, int16_t offset_min) {
    buf_add_format(out, ",\"%s\":", name);
    if (at == INSTANT_MIN || at == INSTANT_MAX) {
        buf_add_cstr(out, "null");
        return;
    }
    buf_add_char(out, '"');
    words_time_iso(at, offset_min, out);
    buf_add_char(out, '"');
}

static void periods(const struct screen_result *result, const struct screen_subject *subject,
                    struct buf *out) {
    buf_add_cstr(out, ",\"periods\":[");
    for (uint32_t i = 0; i < subject->period_count; i++) {
        const struct screen_period *period = &subject->periods[i];
        buf_add_format(out, "%s{\"status\":\"%s\"", i ? "," : "",
                       subject_status_word(period->status));
        time_member(out, "from", period->from, result->offset_min);
        time_member(out, "to", period->to, result->offset_min);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void subject_members(const struct screen_result *result,
                            const struct screen_subject *subject, struct buf *out) {
    buf_add_cstr(out, "\"id\":");
    buf_add_json(out, subject->id);
    member(out, "status", str_from(subject_status_word(subject->status)));
    buf_add_cstr(out, ",\"failed\":");
    criteria_ids(result->trial, subject->failed_count, subject->failed, out);
    buf_add_cstr(out, ",\"confirm\":");
    ask_list(result->trial, subject->confirm_count, subject->confirm, out);
    buf_add_format(
        out, ",\"confirm_proven\":%s,\"ask_first\":", subject->confirm_proven ? "true" : "false");
    ask_list(result->trial, subject->ask_first_count, subject->ask_first, out);
    time_member(out, "since", subject->since, result->offset_min);
    if (result->mode == SCREEN_SINCE) {
        member(out, "before", str_from(subject_status_word(subject->before)));
    }
    if (subject->period_count) {
        periods(result, subject, out);
    }
    if (subject->error_count) {
        buf_add_cstr(out, ",\"errors\":[");
        for (uint32_t i = 0; i < subject->error_count; i++) {
            buf_add_cstr(out, i ? ",{\"define\":" : "{\"define\":");
            buf_add_json(out, subject->errors[i].define);
            member(out, "message", subject->errors[i].message);
            buf_add_char(out, '}');
        }
        buf_add_char(out, ']');
    }
}

static void criteria_counts(const struct screen_result *result, struct buf *out) {
    const struct trial *trial = result->trial;
    buf_add_cstr(out, ",\"criteria\":[");
    for (uint32_t c = 0; c < trial->criterion_count; c++) {
        const struct criterion *criterion = &trial->criteria[c];
        const struct screen_count *count = &result->counts[c];
        buf_add_cstr(out, c ? ",{\"id\":" : "{\"id\":");
        buf_add_json(out, criterion->id);
        member(out, "text", criterion->text);
        member(out, "define", criterion->define ? criterion->define->name : STR(""));
        member(out, "kind", criterion->exclude ? STR("exclude") : STR("include"));
        buf_add_format(out,
                       ",\"met\":%llu,\"not_met\":%llu,\"unknown\":%llu,\"not_applicable\":%llu,"
                       "\"assumed_from_silence\":%llu,\"remaining\":%llu}",
                       (unsigned long long)count->met, (unsigned long long)count->not_met,
                       (unsigned long long)count->unknown,
                       (unsigned long long)count->not_applicable,
                       (unsigned long long)count->assumed, (unsigned long long)count->remaining);
    }
    buf_add_char(out, ']');
}

static void data_counts(const struct population_counts *data, struct buf *out) {
    const struct {
        const char *name;
        uint64_t count;
    } rows[] = {
        {"files", data->files},
        {"bytes", data->bytes},
        {"lines", data->lines},
        {"resources", data->resources},
        {"kept", data->kept},
        {"not_wanted", data->not_wanted},
        {"not_read", data->not_read},
        {"duplicates", data->duplicates},
        {"without_patient", data->without_patient},
        {"unknown_type", data->unknown_type},
        {"bad", data->bad},
        {"status_as_of_export", data->status_as_of_export},
        {"entered_in_error", data->entered_in_error},
    };
    buf_add_cstr(out, ",\"data\":{");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_add_format(out, "%s\"%s\":%llu", i ? "," : "", rows[i].name,
                       (unsigned long long)rows[i].count);
    }
    buf_add_char(out, '}');
}

static void hex(struct buf *out, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buf_add_format(out, "%02x", bytes[i]);
    }
}

static void provenance(const struct report_context *context, struct buf *out) {
    buf_add_cstr(out, ",\"provenance\":{\"quell\":");
    buf_add_json(out, context->version);
    buf_add_cstr(out, ",\"trial_blake2b\":\"");
    hex(out, context->result->trial->hash, sizeof context->result->trial->hash);
    buf_add_cstr(out, "\",\"data_xxh3_128\":\"");
    hex(out, context->result->data_hash, sizeof context->result->data_hash);
    buf_add_cstr(out, "\",\"arguments\":[");
    for (uint32_t i = 0; i < context->argument_count; i++) {
        buf_add_cstr(out, i ? "," : "");
        buf_add_json(out, context->arguments[i]);
    }
    buf_add_cstr(out, "]}");
}

void report_screen_json(const struct report_context *context, struct buf *out) {
    const struct screen_result *result = context->result;
    buf_add_cstr(out, "{\"format\":1");
    member(out, "trial", result->trial->id);
    member(out, "site", words_site_id(result->trial));
    time_member(out, "at", result->at, result->offset_min);
    buf_add_format(out, ",\"patients\":%llu", (unsigned long long)result->patients);
    static const enum subject_status order[] = {SUBJECT_ELIGIBLE, SUBJECT_PENDING_HUMAN,
                                                SUBJECT_NOT_ELIGIBLE, SUBJECT_UNDECIDED};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        buf_add_format(out, ",\"%s\":%llu", subject_status_word(order[i]),
                       (unsigned long long)result->by_status[order[i]]);
    }
    criteria_counts(result, out);
    buf_add_cstr(out, ",\"subjects\":[");
    for (uint32_t i = 0; i < result->subject_count; i++) {
        buf_add_cstr(out, i ? ",\n{" : "\n{");
        subject_members(result, &result->subjects[i], out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    data_counts(result->data, out);
    provenance(context, out);
    member(out, "notice", context->notice);
    buf_add_cstr(out, "}\n");
}

void report_screen_ndjson(const struct report_context *context, struct buf *out) {
    const struct screen_result *result = context->result;
    for (uint32_t i = 0; i < result->subject_count; i++) {
        const struct screen_subject *subject = &result->subjects[i];
        buf_add_cstr(out, "{\"format\":1,");
        subject_members(result, subject, out);
        buf_add_cstr(out, ",\"answers\":{");
        for (uint32_t c = 0; c < result->trial->criterion_count; c++) {
            buf_add_cstr(out, c ? "," : "");
            buf_add_json(out, result->trial->criteria[c].id);
            buf_add_format(out, ":\"%s\"", words_answer_json(subject->answers[c].value));
        }
        buf_add_cstr(out, "}}\n");
    }
}

static void ask_field(uint32_t count, const struct screen_ask *asks, struct buf *out) {
    struct buf field;
    buf_init(&field);
    for (uint32_t i = 0; i < count; i++) {
        buf_add_cstr(&field, i ? "; " : "");
        words_datum(&asks[i], &field);
    }
    buf_add_char(out, ',');
    buf_add_csv(out, buf_str(&field));
    if (buf_status(&field) != STATUS_OK) {
        out->status = buf_status(&field);
    }
    buf_release(&field);
}

void report_screen_csv(const struct report_context *context, struct buf *out) {
    const struct screen_result *result = context->result;
    const struct trial *trial = result->trial;
    buf_add_cstr(out, "id,status,failed,confirm,ask_first");
    for (uint32_t c = 0; c < trial->criterion_count; c++) {
        buf_add_char(out, ',');
        buf_add_csv(out, trial->criteria[c].id);
    }
    buf_add_cstr(out, "\r\n");
    for (uint32_t i = 0; i < result->subject_count; i++) {
        const struct screen_subject *subject = &result->subjects[i];
        buf_add_csv(out, subject->id);
        buf_add_format(out, ",%s,", subject_status_word(subject->status));
        for (uint32_t f = 0; f < subject->failed_count; f++) {
            buf_add_cstr(out, f ? " " : "");
            buf_add(out, trial->criteria[subject->failed[f]].id);
        }
        ask_field(subject->confirm_count, subject->confirm, out);
        ask_field(subject->ask_first_count, subject->ask_first, out);
        for (uint32_t c = 0; c < trial->criterion_count; c++) {
            buf_add_format(out, ",%s", words_answer_json(subject->answers[c].value));
        }
        buf_add_cstr(out, "\r\n");
    }
}

static void fact_json(const struct evidence_fact *fact, struct buf *out) {
    buf_add_cstr(out, "{\"resource\":");
    buf_add_json(out, fact->resource);
    member(out, "label", fact->label);
    member(out, "value", fact->value);
    member(out, "unit", fact->unit);
    member(out, "time", fact->time);
    member(out, "known", fact->known);
    member(out, "status", fact->status);
    member(out, "file", fact->file);
    buf_add_format(out, ",\"line\":%llu}", (unsigned long long)fact->line);
}

static void facts_json(uint32_t count, const struct evidence_fact *facts, struct buf *out) {
    buf_add_cstr(out, ",\"facts\":[");
    for (uint32_t i = 0; i < count; i++) {
        buf_add_cstr(out, i ? "," : "");
        fact_json(&facts[i], out);
    }
    buf_add_char(out, ']');
}

static void reason_json(const struct evidence_reason *reason, struct buf *out) {
    buf_add_format(out, "{\"value\":\"%s\"", words_answer_json((uint8_t)reason->value));
    member(out, "words", reason->words);
    member(out, "define", reason->define);
    facts_json(reason->fact_count, reason->facts, out);
    buf_add_cstr(out, ",\"causes\":[");
    for (uint32_t i = 0; i < reason->cause_count; i++) {
        const struct evidence_cause *cause = &reason->causes[i];
        buf_add_format(out, "%s{\"kind\":\"%s\"", i ? "," : "", evidence_cause_word(cause->kind));
        member(out, "datum", cause->datum);
        member(out, "window", cause->window);
        member(out, "words", cause->words);
        facts_json(cause->fact_count, cause->facts, out);
        buf_add_char(out, '}');
    }
    buf_add_cstr(out, "]}");
}

static void evidence_json(const struct screen_evidence *evidence, struct buf *out) {
    buf_add_cstr(out, ",\"evidence\":[");
    for (uint32_t i = 0; i < evidence->reason_count; i++) {
        buf_add_cstr(out, i ? "," : "");
        reason_json(&evidence->reasons[i], out);
    }
    buf_add_char(out, ']');
    if (evidence->human) {
        buf_add_cstr(out, ",\"human\":{\"answer\":");
        buf_add_json(out, evidence->human->answer);
        member(out, "who", evidence->human->who);
        member(out, "when", evidence->human->when);
        buf_add_char(out, '}');
    }
}

bool report_explain_json(const struct report_context *context, struct str id, struct buf *out) {
    const struct screen_result *result = context->result;
    const struct screen_subject *subject = words_find(result, id);
    if (!subject) {
        return false;
    }
    buf_add_cstr(out, "{\"format\":1");
    member(out, "trial", result->trial->id);
    member(out, "site", words_site_id(result->trial));
    time_member(out, "at", result->at, result->offset_min);
    buf_add_char(out, ',');
    subject_members(result, subject, out);
    buf_add_cstr(out, ",\"criteria\":[");
    for (uint32_t c = 0; c < result->trial->criterion_count; c++) {
        const struct criterion_answer *answer = &subject->answers[c];
        buf_add_cstr(out, c ? ",\n{\"id\":" : "\n{\"id\":");
        buf_add_json(out, result->trial->criteria[c].id);
        member(out, "text", result->trial->criteria[c].text);
        member(out, "answer", str_from(words_answer_json(answer->value)));
        buf_add_format(out, ",\"assumed_from_silence\":%s,\"applies\":%s",
                       answer->assumed ? "true" : "false",
                       answer->not_applicable ? "false" : "true");
        if (subject->evidence) {
            evidence_json(&subject->evidence[c], out);
        }
        buf_add_char(out, '}');
    }
    buf_add_cstr(out, "]}\n");
    return true;
}
