#define _GNU_SOURCE /* memrchr */
#include "cohort/filters.h"

static struct str bare(struct str key) {
    const char *bar = key.len ? memrchr(key.at, '|', key.len) : NULL;
    return bar ? (struct str){bar + 1, (size_t)(key.at + key.len - bar - 1)} : key;
}

static bool is_plain_code(uint16_t element) {
    const struct model_spec *spec = &model_element(element)->spec;
    return !spec->choice_count && model_type(spec->type)->is_primitive;
}

/* A plain code has no system: only the codes are compared. */
static bool has(const struct demand_filter *filter, struct str key) {
    uint32_t found;
    if (!is_plain_code(filter->code_element)) {
        return map_find(&filter->codes, key, &found);
    }
    struct str code = bare(key);
    for (uint32_t i = 0; i < filter->codes.capacity; i++) {
        struct str wanted = filter->codes.slots[i].key;
        if (wanted.at && str_equal(bare(wanted), code)) {
            return true;
        }
    }
    return false;
}

static bool has_any(const struct demand_filter *filter, struct str codes) {
    while (codes.len) {
        const char *end = memchr(codes.at, 0xFF, codes.len);
        size_t len = end ? (size_t)(end - codes.at) : codes.len;
        if (has(filter, (struct str){codes.at, len})) {
            return true;
        }
        len += end != NULL;
        codes = (struct str){codes.at + len, codes.len - len};
    }
    return false;
}

uint64_t filters_of_codes(const struct demand *demand, uint16_t type, struct str codes) {
    uint64_t mask = 0;
    for (uint32_t i = 0; i < demand->filter_count; i++) {
        const struct demand_filter *filter = &demand->filters[i];
        if (filter->type == type &&
            (filter->code_element == MODEL_NO_ELEMENT || has_any(filter, codes))) {
            mask |= UINT64_C(1) << i;
        }
    }
    return mask;
}

static bool may_refer(uint16_t element) {
    const struct model_spec *spec = &model_element(element)->spec;
    for (uint32_t i = 0; i < spec->choice_count; i++) {
        if (str_equal(model_type(spec->choices[i])->name, STR("Reference"))) {
            return true;
        }
    }
    return false;
}

uint64_t filters_of_medication(const struct demand *demand, struct str codes) {
    uint64_t mask = 0;
    for (uint32_t i = 0; i < demand->filter_count; i++) {
        const struct demand_filter *filter = &demand->filters[i];
        if (filter->code_element != MODEL_NO_ELEMENT && may_refer(filter->code_element) &&
            has_any(filter, codes)) {
            mask |= UINT64_C(1) << i;
        }
    }
    return mask;
}

static bool are_for(const struct demand *demand, uint16_t type) {
    for (uint32_t i = 0; i < demand->filter_count; i++) {
        if (demand->filters[i].type == type) {
            return true;
        }
    }
    return false;
}

/* A resource of the type may pass a filter through the Medication that it refers to. */
static bool type_may_refer(const struct demand *demand, uint16_t type) {
    for (uint32_t i = 0; i < demand->filter_count; i++) {
        const struct demand_filter *filter = &demand->filters[i];
        if (filter->type == type && filter->code_element != MODEL_NO_ELEMENT &&
            may_refer(filter->code_element)) {
            return true;
        }
    }
    return false;
}

bool filters_look_elsewhere(const struct demand *demand, uint16_t type) {
    for (uint32_t i = 0; i < demand->filter_count; i++) {
        const struct demand_filter *filter = &demand->filters[i];
        if (filter->type == type && filter->code_element != MODEL_NO_ELEMENT &&
            filter->code_element != model_type(type)->primary_code_element) {
            return true;
        }
    }
    return false;
}

bool filters_may_want(const struct demand *demand, const struct cohort_run *run, uint64_t filters) {
    return are_for(demand, run->type) &&
           (filters || run->codes == COHORT_MIXED || type_may_refer(demand, run->type) ||
            filters_look_elsewhere(demand, run->type));
}

bool filters_want_more(const struct demand *demand) {
    for (uint16_t t = MODEL_SYSTEM_COUNT; t < model_type_count(); t++) {
        const struct shape *shape = &demand->shapes[t];
        for (uint16_t i = 0; i < shape->count; i++) {
            bool is_value = str_equal(model_element(shape->elements[i])->name, STR("value"));
            if (model_type(t)->is_primitive ? !is_value : cohort_leaves_out(shape->elements[i])) {
                return true;
            }
        }
    }
    return false;
}
