#include "fhir/reader_internal.h"

#include "value/datetime.h"

/* Which elements say when and how a resource ended (FHIR R4, the resource pages).
 * MedicationRequest's validity period is a plan and known from the start: only the status waits for
 * its end. */
static const struct split_rule rules[] = {
    {.type = "Encounter",
     .ends = {"period.end"},
     .status = "status",
     .open = "\"in-progress\"",
     .finals = {"finished"},
     .drops = {"period.end", "length", "statusHistory", "classHistory", "location.period.end",
               "hospitalization.dischargeDisposition", "hospitalization.destination",
               "participant.period.end"}},
    {.type = "EpisodeOfCare",
     .ends = {"period.end"},
     .status = "status",
     .open = "\"active\"",
     .finals = {"finished"},
     .drops = {"period.end", "statusHistory"}},
    {.type = "Condition",
     .ends = {"abatementDateTime", "abatementPeriod.end"},
     .status = "clinicalStatus",
     .open = "{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
             "condition-clinical\",\"code\":\"active\"}]}",
     .finals = {"inactive", "remission", "resolved"},
     .drops = {"abatementDateTime", "abatementPeriod", "abatementAge", "abatementRange",
               "abatementString"}},
    {.type = "Procedure",
     .ends = {"performedPeriod.end"},
     .status = "status",
     .open = "\"in-progress\"",
     .finals = {"completed", "stopped"},
     .drops = {"performedPeriod.end", "outcome", "complication", "complicationDetail", "followUp",
               "report"},
     .dated_by = {"performedDateTime"}},
    {.type = "MedicationAdministration",
     .ends = {"effectivePeriod.end"},
     .status = "status",
     .open = "\"in-progress\"",
     .finals = {"completed", "stopped"},
     .drops = {"effectivePeriod.end"},
     .dated_by = {"effectiveDateTime"}},
    {.type = "MedicationStatement",
     .ends = {"effectivePeriod.end"},
     .status = "status",
     .open = "\"active\"",
     .finals = {"completed", "stopped"},
     .drops = {"effectivePeriod.end"},
     .dated_by = {"effectiveDateTime"}},
    {.type = "MedicationRequest",
     .ends = {"dispenseRequest.validityPeriod.end"},
     .status = "status",
     .open = "\"active\"",
     .finals = {"completed", "stopped", "cancelled"}},
    {.type = "MedicationDispense",
     .ends = {"whenHandedOver"},
     .status = "status",
     .open = "\"in-progress\"",
     .finals = {"completed"},
     .drops = {"whenHandedOver"}},
    {.type = "Patient", .ends = {"deceasedDateTime"}, .drops = {"deceasedDateTime"}},
};

/* The first that is there says when a resource became known (DESIGN rule 1). END_OF_EFFECTIVE
 * stands for the end of effectivePeriod, or its start when the resource is one that is split there.
 */
#define END_OF_EFFECTIVE "effectivePeriod.end"
static const char *const known_paths[] = {"issued",
                                          "recordedDate",
                                          "recorded",
                                          "authoredOn",
                                          "dateAsserted",
                                          "performedDateTime",
                                          "performedPeriod.start",
                                          "period.start",
                                          END_OF_EFFECTIVE,
                                          "effectivePeriod.start",
                                          "effectiveDateTime",
                                          "effectiveInstant",
                                          "occurrenceDateTime",
                                          "occurrencePeriod.start",
                                          "whenPrepared",
                                          "whenHandedOver",
                                          "started",
                                          "created",
                                          "date",
                                          "authored",
                                          "sent",
                                          "receivedTime",
                                          "collection.collectedDateTime",
                                          "dateTime",
                                          "statusDate",
                                          "startDate",
                                          "onsetDateTime",
                                          "onsetPeriod.start"};

/* What orders rows that became known together. */
static const char *const effective_paths[] = {"effectiveDateTime",
                                              "effectivePeriod.start",
                                              "effectiveInstant",
                                              "performedDateTime",
                                              "performedPeriod.start",
                                              "period.start",
                                              "occurrenceDateTime",
                                              "occurrencePeriod.start",
                                              "onsetDateTime",
                                              "onsetPeriod.start",
                                              "authoredOn"};

const struct split_rule *version_rule(struct str type) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (str_equal(type, str_from(rules[i].type))) {
            return &rules[i];
        }
    }
    return NULL;
}

static bool read_time(struct reader *r, uint32_t place, struct datetime *out) {
    if (place == NO_PLACE || json_at(&r->walk, place) != '"') {
        return false;
    }
    return datetime_parse(json_raw(&r->walk, place), out);
}

bool version_last(struct reader *r, uint32_t place, instant_ms *out) {
    struct datetime t;
    if (!read_time(r, place, &t)) {
        return false;
    }
    *out = datetime_last_ms(&t, r->options->offset_min);
    return true;
}

static uint32_t path_place(struct reader *r, const char *path) {
    return path ? resource_path(r, str_from(path)) : NO_PLACE;
}

static bool find_known(struct reader *r, const struct type_wants *wants, instant_ms *out) {
    for (size_t i = 0; i < TIMES_MAX && wants->known[i]; i++) {
        if (version_last(r, path_place(r, wants->known[i]), out)) {
            return true;
        }
    }
    return false;
}

static bool find_effective(struct reader *r, const struct type_wants *wants, instant_ms *out) {
    struct datetime t;
    for (size_t i = 0; i < TIMES_MAX && wants->effective[i]; i++) {
        if (read_time(r, path_place(r, wants->effective[i]), &t)) {
            *out = datetime_first_ms(&t, r->options->offset_min);
            return true;
        }
    }
    return false;
}

/* A resource of the type can have the JSON key that the path starts with. */
static bool can_have(uint16_t type, const char *path) {
    struct str head = {path, strcspn(path, ".")};
    const struct model_type *t = model_type(type);
    for (uint16_t i = 0; i < t->element_count; i++) {
        const struct model_element *e = model_element(t->elements[i]);
        if (!e->spec.choice_count && str_equal(e->name, head)) {
            return true;
        }
        for (int c = 0; c < e->spec.choice_count && str_starts(head, e->name); c++) {
            char key[96];
            model_choice_key(e->name, e->spec.choices[c], key);
            if (str_equal(str_from(key), head)) {
                return true;
            }
        }
    }
    return false;
}

void version_paths(uint16_t type, struct type_wants *wants) {
    const struct split_rule *rule = wants->split;
    size_t n = 0;
    for (size_t i = 0; i < sizeof known_paths / sizeof *known_paths && n < TIMES_MAX; i++) {
        bool is_split = rule && strcmp(known_paths[i], END_OF_EFFECTIVE) == 0 &&
                        strcmp(known_paths[i], rule->ends[0]) == 0;
        if (!is_split && can_have(type, known_paths[i])) {
            wants->known[n++] = known_paths[i];
        }
    }
    n = 0;
    for (size_t i = 0; i < sizeof effective_paths / sizeof *effective_paths && n < TIMES_MAX; i++) {
        if (can_have(type, effective_paths[i])) {
            wants->effective[n++] = effective_paths[i];
        }
    }
}

/* The code of a status: a string, or the first coding of a CodeableConcept. */
static struct str status_code(struct reader *r, const char *key) {
    uint32_t place = key ? resource_member(r, str_from(key)) : NO_PLACE;
    if (place != NO_PLACE && json_at(&r->walk, place) == '{') {
        struct arena *arena = &r->scratch;
        struct str path = arena_format(arena, "%s.coding.code", key);
        place = path.at ? resource_path(r, path) : NO_PLACE;
    }
    return place == NO_PLACE || json_at(&r->walk, place) != '"' ? STR_NONE
                                                                : json_raw(&r->walk, place);
}

static bool is_final(const struct split_rule *rule, struct str status) {
    for (size_t i = 0; i < sizeof rule->finals / sizeof *rule->finals; i++) {
        if (rule->finals[i] && str_equal(status, str_from(rule->finals[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_dated(struct reader *r, const struct split_rule *rule) {
    for (size_t i = 0; i < sizeof rule->dated_by / sizeof *rule->dated_by; i++) {
        if (path_place(r, rule->dated_by[i]) != NO_PLACE) {
            return true;
        }
    }
    return false;
}

static void split(struct reader *r, const struct split_rule *rule, struct versions *v) {
    struct str status = status_code(r, rule->status);
    bool final = is_final(rule, status);
    bool death =
        !rule->status && json_is_word(&r->walk, path_place(r, "deceasedBoolean"), STR("true"));
    instant_ms end;
    bool ends = version_last(r, path_place(r, rule->ends[0]), &end) ||
                version_last(r, path_place(r, rule->ends[1]), &end);
    if (!ends) {
        if ((final && !is_dated(r, rule)) || death) {
            v->flags |= ROW_STATUS_AS_OF_EXPORT;
        }
        return;
    }
    if (str_equal(status, STR("entered-in-error")) || end <= v->known_from) {
        return;
    }
    v->end = end;
    for (uint32_t i = 0; i < DROPS_MAX && rule->drops[i]; i++) {
        v->edit.drops[v->edit.drop_count++] = str_from(rule->drops[i]);
    }
    if (final) {
        v->edit.status_key = str_from(rule->status);
        v->edit.status = rule->open;
    } else if (!v->edit.drop_count) {
        v->end = INSTANT_MAX;
    }
}

void version_times(struct reader *r, uint16_t type, struct versions *v) {
    const struct type_wants *wants = &r->wants->types[type];
    const struct split_rule *rule = wants->split;
    *v = (struct versions){.known_from = INSTANT_MIN, .end = INSTANT_MAX};
    if (type != r->wants->patient && !find_known(r, wants, &v->known_from)) {
        v->flags |= ROW_UNDATED;
    }
    if (!find_effective(r, wants, &v->effective)) {
        v->effective = v->known_from;
    }
    if (rule) {
        split(r, rule, v);
    }
}
