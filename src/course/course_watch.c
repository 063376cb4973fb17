#include "course/course_watch.h"

#include "course/course_records_internal.h"
#include "value/decimal.h"

enum { GRADE_SHOWN = 3 }; /* from this grade of the CTCAE on: severe */

/* ---- Biomarkers ---- */

static bool in_unit(const struct value *amount, const struct unit *unit, i128 *out) {
    return amount->kind == VALUE_QUANTITY &&
           unit_convert(amount->quantity->unit, unit, amount->quantity->value, out) == UNIT_DONE;
}

/* A Quantity, or the Interval of one that a comparator leaves. */
static bool read_amount(const struct value *amount, const struct unit *unit,
                        struct course_reading *out) {
    if (amount->kind != VALUE_INTERVAL) {
        out->high = 0;
        bool found = in_unit(amount, unit, &out->low);
        out->high = out->low;
        return found;
    }
    const struct interval *range = amount->interval;
    if (!in_unit(&range->low, unit, &out->low)) {
        return false;
    }
    out->above = !in_unit(&range->high, unit, &out->high);
    out->high = out->above ? out->low : out->high;
    return !out->above || value_is_null(&range->high);
}

static enum status read_marker(struct course_records *r, const struct regimen_marker *marker,
                               struct course_marker *out) {
    const struct value *items = NULL;
    uint32_t count = 0;
    enum status status = course_records_list(r, &marker->source->readings, &items, &count);
    struct course_reading *readings =
        ARENA_ARRAY(r->arena, (size_t)count + 1, struct course_reading);
    if (status != STATUS_OK || !readings) {
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    }
    *out = (struct course_marker){.readings = readings};
    for (uint32_t i = 0; i < count; i++) {
        struct course_reading reading = {.at =
                                             course_field_time(r, &items[i], "time", INSTANT_MIN)};
        const struct value amount = course_field(&items[i], "amount");
        if (reading.at == INSTANT_MIN || !read_amount(&amount, marker->unit, &reading)) {
            out->left_out++;
            continue;
        }
        uint32_t k = out->count;
        while (k > 0 && readings[k - 1].at > reading.at) {
            k--;
        }
        if (k > 0 && readings[k - 1].at == reading.at) {
            readings[k - 1] = reading;
            continue;
        }
        memmove(&readings[k + 1], &readings[k], (out->count - k) * sizeof *readings);
        readings[k] = reading;
        out->count++;
    }
    return STATUS_OK;
}

static enum status read_markers(struct course_records *r, struct course_watch *out) {
    const struct trial_regimen *regimen = r->trial->regimen;
    struct course_marker *markers =
        ARENA_ARRAY(r->arena, (size_t)regimen->marker_count + 1, struct course_marker);
    enum status status = markers ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; status == STATUS_OK && i < regimen->marker_count; i++) {
        status = read_marker(r, &regimen->markers[i], &markers[i]);
    }
    out->markers = markers;
    return status;
}

/* ---- Adverse events ---- */

static enum status read_adverse(struct course_records *r, const struct trial_safety *safety,
                                struct course_watch *out) {
    const struct value *items = NULL;
    uint32_t count = 0;
    enum status status = course_records_list(r, &safety->reported, &items, &count);
    struct course_adverse *list = ARENA_ARRAY(r->arena, (size_t)count + 1, struct course_adverse);
    if (status != STATUS_OK || !list) {
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct value grade = course_field(&items[i], "grade");
        struct value serious = course_field(&items[i], "serious");
        struct course_adverse a = {
            .id = course_field_id(r, &items[i]),
            .at = course_field_time(r, &items[i], "time", INSTANT_MIN),
            .name = course_field_text(r, &items[i], "name"),
            .grade = grade.kind == VALUE_INTEGER ? grade.integer : 0,
            .severity = course_field_text(r, &items[i], "severity"),
            .serious = serious.kind == VALUE_BOOLEAN && serious.boolean,
        };
        if (a.at != INSTANT_MIN && a.at < r->allocated) {
            continue;
        }
        uint32_t k = out->adverse_count++;
        for (; k > 0 && list[k - 1].at > a.at; k--) {
            list[k] = list[k - 1];
        }
        list[k] = a;
    }
    out->adverse = list;
    return STATUS_OK;
}

/* ---- Findings ---- */

static enum logic holds(const struct value *value) {
    return value->kind == VALUE_BOOLEAN ? (value->boolean ? LOGIC_TRUE : LOGIC_FALSE)
           : value->kind == VALUE_LIST  ? (value->list->count ? LOGIC_TRUE : LOGIC_FALSE)
                                        : LOGIC_UNKNOWN;
}

/* By its grade where it has one, else by its definition. */
static enum status read_records(struct course_records *r, instant_ms at,
                                const struct trial_safety_event *event,
                                struct course_finding *out) {
    const struct definition *by_grade = event->grade.definition;
    const struct definition *definition = by_grade ? by_grade : event->define.definition;
    struct value value = value_null();
    course_records_start(r, at, false);
    enum status status = machine_eval(r->machine, definition, &value);
    if (by_grade && value.kind == VALUE_INTEGER) {
        i128 from = trial_given(event->grade_min.place) ? event->grade_min.value
                                                        : GRADE_SHOWN * DECIMAL_ONE;
        out->grade = value.integer;
        out->value = value.integer * DECIMAL_ONE >= from ? LOGIC_TRUE : LOGIC_FALSE;
    } else if (!by_grade) {
        out->value = holds(&value);
    }
    return status == STATUS_OK && out->value != LOGIC_FALSE
               ? course_records_evidence(r, at, definition, &out->evidence)
               : status;
}

/* What a person says where the records do not know. */
static enum status read_answer(struct course_records *r, instant_ms at,
                               const struct trial_safety_event *event, struct course_finding *out) {
    const struct answer *answer = course_records_answer(r, at, event->id.text, 0);
    out->is_asked = answer == NULL;
    if (!answer) {
        return STATUS_OK;
    }
    struct evidence_reason *reason = ARENA_NEW(r->arena, struct evidence_reason);
    out->value = answer->value;
    out->evidence = (struct course_evidence){1, reason};
    return reason ? course_records_answered(r, answer, event->id.text, reason) : STATUS_NO_MEMORY;
}

static enum status read_finding(struct course_records *r, instant_ms at,
                                const struct trial_safety_event *event,
                                struct course_finding *out) {
    *out = (struct course_finding){.event = event, .value = LOGIC_UNKNOWN, .grade = -1};
    enum status status = event->grade.definition || event->define.definition
                             ? read_records(r, at, event, out)
                             : STATUS_OK;
    return status == STATUS_OK && out->value == LOGIC_UNKNOWN && event->by.value == BY_HUMAN
               ? read_answer(r, at, event, out)
               : status;
}

static enum status read_findings(struct course_records *r, instant_ms at,
                                 const struct trial_safety *safety, struct course_watch *out) {
    struct course_finding *list =
        ARENA_ARRAY(r->arena, (size_t)safety->events.count + 1, struct course_finding);
    enum status status = list ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; status == STATUS_OK && i < safety->events.count; i++) {
        struct course_finding *finding = &list[out->finding_count];
        status = read_finding(r, at, &safety->events.items[i], finding);
        out->finding_count += finding->value != LOGIC_FALSE;
    }
    out->findings = list;
    return status;
}

enum status course_watch_read(struct course_records *r, instant_ms at, bool markers,
                              struct course_watch *out) {
    const struct trial_safety *safety = r->trial->document->safety;
    enum status status = STATUS_OK;
    *out = (struct course_watch){0};
    course_records_start(r, at, false);
    if (markers) {
        status = read_markers(r, out);
    }
    if (status == STATUS_OK && safety) {
        status = read_adverse(r, safety, out);
    }
    return status == STATUS_OK && safety ? read_findings(r, at, safety, out) : status;
}
