#include "trial/limit_words.h"

#include "cql/tree.h"
#include "trial/document.h"
#include "value/decimal.h"

static struct str unit_words(const struct unit *unit) {
    return unit_is_one(unit) ? STR("1") : unit_text(unit);
}

void limit_words_units(const struct analyte *analyte, struct buf *out) {
    for (uint32_t i = 0; i < analyte->unit_count; i++) {
        const char *between = i == 0 ? "" : i + 1 == analyte->unit_count ? " or " : ", ";
        buf_add_cstr(out, between);
        buf_add(out, unit_words(analyte->units[i]));
    }
}

void limit_words_number(i128 value, struct buf *out) {
    char text[DECIMAL_TEXT_MAX];
    size_t len = decimal_print(value, 0, text);
    while (len && text[len - 1] == '0' && memchr(text, '.', len)) {
        len--;
    }
    len -= len && text[len - 1] == '.';
    buf_add(out, (struct str){text, len});
}

void limit_words_range(const struct analyte *analyte, struct buf *out) {
    limit_words_number(analyte->low, out);
    buf_add_cstr(out, " to ");
    limit_words_number(analyte->high, out);
    if (!unit_is_one(analyte->unit)) {
        buf_add_char(out, ' ');
        buf_add(out, unit_text(analyte->unit));
    }
}

static void limit_words(const struct flow_limit *limit, struct buf *out) {
    limit_words_number(limit->value, out);
    if (limit->unit && !unit_is_one(limit->unit)) {
        buf_add_char(out, ' ');
        buf_add(out, unit_text(limit->unit));
    }
}

static enum diag_id id_of(const struct limit_reporter *r, enum flow_fault fault) {
    switch (fault) {
    case FLOW_BARE:
        return r->in_trial ? DIAG_TR0512 : DIAG_CQ0522;
    case FLOW_DIMENSION:
        return r->in_trial ? DIAG_TR0510 : DIAG_CQ0520;
    case FLOW_SIZE:
        return r->in_trial ? DIAG_TR0511 : DIAG_CQ0521;
    case FLOW_MIXED:
        break;
    }
    return r->in_trial ? DIAG_TR0513 : DIAG_CQ0523;
}

static void add_message(const struct flow_finding *f, struct buf *out) {
    buf_add(out, f->analyte->name);
    if (f->fault == FLOW_MIXED) {
        buf_add_format(out, " and %.*s are retrieved together", STR_ARG(f->other->name));
        return;
    }
    buf_add_cstr(out, " is compared with ");
    if (f->limit) {
        limit_words(f->limit, out);
        buf_add_cstr(out, f->fault == FLOW_BARE   ? ", which has no unit"
                          : f->fault == FLOW_SIZE ? ", which no patient has"
                                                  : ", which is of another dimension");
    } else {
        buf_add(out, f->other->name);
        buf_add_cstr(out, ", which is of another dimension");
    }
}

static void add_note(const struct flow_finding *f, struct buf *out) {
    buf_add_format(out, "%.*s is reported in ", STR_ARG(f->analyte->name));
    limit_words_units(f->analyte, out);
    if (f->analyte->has_range) {
        buf_add_cstr(out, "; patients have ");
        limit_words_range(f->analyte, out);
    }
    if (f->fault == FLOW_DIMENSION && f->limit && f->limit->unit) {
        buf_add_format(out, "; %.*s is read as ", STR_ARG(unit_text(f->limit->unit)));
        unit_add_name(f->limit->unit, out);
    }
    bool elsewhere = f->limit && f->span.source && f->span.source != f->limit->span.source;
    if (elsewhere) {
        buf_add_format(out, "; they meet in %.*s, line %u", STR_ARG(f->span.source->name),
                       (unsigned)diag_locate(f->span.source, f->span.start).line);
    }
}

static void add_hint(const struct flow_finding *f, struct buf *out) {
    const struct unit *unit = f->instead ? f->instead : f->analyte->unit;
    if (f->limit && (f->instead || f->fault == FLOW_BARE)) {
        buf_add_cstr(out, "did you mean ");
        limit_words_number(f->limit->value, out);
        buf_add_format(out, " '%.*s'?", STR_ARG(unit_words(unit)));
    }
}

void limit_report(void *context, const struct flow_finding *finding) {
    const struct limit_reporter *r = context;
    if (!r->in_trial && finding->limit && finding->limit->unit &&
        !unit_is_valid(finding->limit->unit)) {
        return; /* CQ0510 said so: one root cause, one message */
    }
    struct buf words;
    buf_init(&words);
    add_message(finding, &words);
    bool at_limit = finding->limit && finding->limit->span.source;
    struct diagnostic *d =
        diag_at(r->diags, id_of(r, finding->fault), at_limit ? finding->limit->span : finding->span,
                "%.*s", STR_ARG(buf_str(&words)));
    buf_reset(&words);
    add_note(finding, &words);
    diag_note(r->diags, d, "%.*s", STR_ARG(buf_str(&words)));
    buf_reset(&words);
    add_hint(finding, &words);
    if (words.len) {
        diag_hint(r->diags, d, "%.*s", STR_ARG(buf_str(&words)));
    }
    r->diags->out_of_memory |= buf_status(&words) != STATUS_OK;
    buf_release(&words);
}

enum status limit_check_program(const struct program *program, const struct analyte_table *analytes,
                                const struct terms *terms, struct arena *arena,
                                struct diag_list *diags) {
    struct limit_reporter reporter = {diags, analytes, false};
    const struct flow_input input = {
        .program = program,
        .analytes = analytes,
        .terms = terms,
        .arena = arena,
        .report = limit_report,
        .context = &reporter,
    };
    struct flow *flow = NULL;
    enum status status = flow_new(&input, &flow);
    const struct definition *definition = program->main->definitions;
    for (; definition && status == STATUS_OK; definition = definition->next) {
        struct flow_value value;
        status = flow_definition(flow, definition, &value);
    }
    return status;
}

const char *limit_printed_fault(const struct analyte_table *table, const struct analyte *analyte,
                                const struct trial_stated *s, const struct unit **instead) {
    bool sized = trial_given(s->value.place);
    *instead = NULL;
    if (!trial_given(s->unit.place)) {
        enum limit_fault bare = analyte_check_limit(table, analyte, s->value.value,
                                                    unit_intern(table->units, STR("1")), instead);
        return bare == LIMIT_BARE ? "it has no unit" : NULL;
    }
    const struct unit *unit = analyte_printed_unit(table, s->unit.text);
    if (!unit) {
        return "its unit cannot be read";
    }
    switch (analyte_check_limit(table, analyte, sized ? s->value.value : 0, unit, instead)) {
    case LIMIT_BARE:
    case LIMIT_DIMENSION:
        return "its unit measures something else";
    case LIMIT_SIZE:
        return sized ? "no patient has such a value" : NULL;
    case LIMIT_FINE:
        break;
    }
    if (!sized && !analyte_has_unit(analyte, unit)) {
        return "it is never reported in this unit";
    }
    return NULL;
}
