#include "trial/flow_internal.h"

bool flow_set_is_empty(const struct analyte_set *set) {
    return !set->bits[0] && !set->bits[1];
}

static bool has(const struct analyte_set *set, uint32_t i) {
    return set->bits[i / 64] >> i % 64 & 1;
}

static bool same_span(struct span a, struct span b) {
    return a.source == b.source && a.start == b.start && a.end == b.end;
}

/* False when it was reported before. */
static bool is_new(struct flow *flow, struct span span) {
    for (uint32_t i = 0; i < flow->reported_count; i++) {
        if (same_span(flow->reported[i], span)) {
            return false;
        }
    }
    if (flow->reported_count == flow->reported_room) {
        uint32_t room = flow->reported_room ? 2 * flow->reported_room : 16;
        struct span *grown = ARENA_ARRAY(flow->input.arena, room, struct span);
        if (!grown) {
            flow->no_memory = true;
            return false;
        }
        for (uint32_t i = 0; i < flow->reported_count; i++) {
            grown[i] = flow->reported[i];
        }
        flow->reported = grown;
        flow->reported_room = room;
    }
    flow->reported[flow->reported_count++] = span;
    return true;
}

static void report(struct flow *flow, const struct flow_finding *finding) {
    struct span at =
        finding->limit && finding->limit->span.source ? finding->limit->span : finding->span;
    if (is_new(flow, at)) {
        if (flow->input.report) {
            flow->input.report(flow->input.context, finding);
        }
    }
}

static bool share_a_unit(const struct analyte *a, const struct analyte *b) {
    for (uint32_t i = 0; i < a->unit_count; i++) {
        for (uint32_t k = 0; k < b->unit_count; k++) {
            if (unit_comparable(a->units[i], b->units[k])) {
                return true;
            }
        }
    }
    return unit_comparable(a->unit, b->unit);
}

/* LIMIT_FINE for things without a dimension: a score is a number. */
static enum limit_fault check_bare(const struct flow *flow, const struct analyte *analyte) {
    const struct unit *one = unit_intern(flow->input.analytes->units, STR("1"));
    bool is_number = one && unit_comparable(analyte->unit, one);
    return is_number ? LIMIT_FINE : LIMIT_BARE;
}

/* The limit is wrong when it is wrong for every analyte that may stand there. */
static void check_limit(struct flow *flow, const struct flow_value *value,
                        const struct flow_limit *limit, struct span span) {
    const struct analyte_table *table = flow->input.analytes;
    struct flow_finding finding = {.limit = limit, .span = span};
    for (uint32_t i = 0; i < table->count; i++) {
        if (!has(&value->analytes, i)) {
            continue;
        }
        const struct analyte *analyte = &table->items[i];
        const struct unit *instead = NULL;
        enum limit_fault fault = LIMIT_FINE;
        if (value->is_bare || !limit->unit) {
            fault = check_bare(flow, analyte);
        } else {
            fault = analyte_check_limit(table, analyte, limit->value, limit->unit, &instead);
        }
        if (fault == LIMIT_FINE) {
            return;
        }
        if (!finding.analyte) {
            finding.analyte = analyte;
            finding.instead = instead;
            finding.fault = fault == LIMIT_BARE        ? FLOW_BARE
                            : fault == LIMIT_DIMENSION ? FLOW_DIMENSION
                                                       : FLOW_SIZE;
        }
    }
    if (finding.analyte) {
        report(flow, &finding);
    }
}

static void check_analytes(struct flow *flow, const struct flow_value *a,
                           const struct flow_value *b, struct span span) {
    const struct analyte_table *table = flow->input.analytes;
    struct flow_finding finding = {.fault = FLOW_DIMENSION, .span = span};
    for (uint32_t i = 0; i < table->count; i++) {
        for (uint32_t k = 0; k < table->count; k++) {
            if (!has(&a->analytes, i) || !has(&b->analytes, k)) {
                continue;
            }
            if (share_a_unit(&table->items[i], &table->items[k])) {
                return;
            }
            finding.analyte = &table->items[i];
            finding.other = &table->items[k];
        }
    }
    if (finding.analyte) {
        report(flow, &finding);
    }
}

void flow_compare(struct flow *flow, const struct flow_value *a, const struct flow_value *b,
                  struct span span) {
    bool a_measures = !flow_set_is_empty(&a->analytes);
    bool b_measures = !flow_set_is_empty(&b->analytes);
    for (uint32_t i = 0; a_measures && i < b->limit_count; i++) {
        check_limit(flow, a, &b->limits[i], span);
    }
    for (uint32_t i = 0; b_measures && i < a->limit_count; i++) {
        check_limit(flow, b, &a->limits[i], span);
    }
    if (a_measures && b_measures && !a->is_bare && !b->is_bare) {
        check_analytes(flow, a, b, span);
    }
}

void flow_check_mixed(struct flow *flow, const struct analyte_set *set, struct span span) {
    const struct analyte_table *table = flow->input.analytes;
    const struct analyte *first = NULL;
    for (uint32_t i = 0; i < table->count; i++) {
        if (!has(set, i)) {
            continue;
        }
        if (first && !share_a_unit(first, &table->items[i])) {
            const struct flow_finding finding = {
                .fault = FLOW_MIXED, .analyte = first, .other = &table->items[i], .span = span};
            report(flow, &finding);
            return;
        }
        first = first ? first : &table->items[i];
    }
}
