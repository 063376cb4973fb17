#include "trial/trial_internal.h"
#include "trial/zone.h"
#include "value/ucum.h"

static void report_no_site(struct trial_build *build) {
    const struct trial *trial = build->trial;
    struct str asked = build->options->site;
    struct diagnostic *d =
        diag_at(build->diags, DIAG_TR0120, build->document->sites.items[0].span,
                "trial %.*s has no site '%.*s'", STR_ARG(trial->id), STR_ARG(asked));
    struct buf known;
    buf_init(&known);
    for (uint32_t i = 0; i < trial->site_count; i++) {
        buf_add_cstr(&known, i ? ", " : "");
        buf_add(&known, trial->sites[i].id);
    }
    diag_note(build->diags, d, "its sites are %.*s", STR_ARG(buf_str(&known)));
    build->diags->out_of_memory |= buf_status(&known) != STATUS_OK;
    buf_release(&known);
    for (uint32_t i = 0; i < trial->site_count; i++) {
        if (str_distance(trial->sites[i].id, asked, 3) <= 3) {
            diag_hint(build->diags, d, "did you mean '%.*s'?", STR_ARG(trial->sites[i].id));
            return;
        }
    }
}

static void choose_site(struct trial_build *build) {
    struct trial *trial = build->trial;
    struct str asked = build->options->site;
    uint16_t found = asked.len ? trial_find_site(trial, asked) : 0;
    if (found == UINT16_MAX) {
        report_no_site(build);
    }
    trial->site = found == UINT16_MAX ? 0 : found;
    trial->site_chosen = asked.len || trial->site_count == 1;
}

enum status trial_read_sites(struct trial_build *build) {
    const struct trial_site_list *sites = &build->document->sites;
    struct trial_site_zone *out =
        ARENA_ARRAY(build->arena, sites->count + 1, struct trial_site_zone);
    if (!out) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < sites->count; i++) {
        const struct trial_site *site = &sites->items[i];
        out[i] = (struct trial_site_zone){
            .id = site->id.text, .name = site->name.text, .timezone = site->timezone.text};
        if (!trial_given(site->timezone.place)) {
            continue;
        }
        enum status status = zone_load(site->timezone.text, build->arena, &out[i].zone);
        if (status != STATUS_OK) {
            return status;
        }
        if (!out[i].zone) {
            struct diagnostic *d =
                diag_at(build->diags, DIAG_TR0112, site->timezone.place.span,
                        "no time zone is called '%.*s'", STR_ARG(site->timezone.text));
            diag_hint(build->diags, d, "IANA names are written Area/City, such as Europe/Paris");
        }
    }
    build->trial->sites = out;
    build->trial->site_count = sites->count;
    choose_site(build);
    if (!sites->count && sites->items) {
        (void)diag_at(build->diags, DIAG_TR0116, build->document->span, "the trial has no site");
    }
    return STATUS_OK;
}

uint16_t trial_find_site(const struct trial *trial, struct str id) {
    for (uint32_t i = 0; i < trial->site_count; i++) {
        if (str_equal(trial->sites[i].id, id)) {
            return (uint16_t)i;
        }
    }
    return UINT16_MAX;
}

int16_t trial_site_offset_min(const struct trial *trial, uint16_t site, int64_t instant_ms) {
    bool known = site < trial->site_count && trial->sites[site].zone;
    return known ? zone_offset_min(trial->sites[site].zone, instant_ms) : 0;
}

int64_t trial_site_next_change(const struct trial *trial, uint16_t site, int64_t instant_ms) {
    bool known = site < trial->site_count && trial->sites[site].zone;
    return known ? zone_next_change(trial->sites[site].zone, instant_ms) : INT64_MAX;
}

int16_t trial_offset_min(const struct trial *trial, int64_t instant_ms) {
    return trial_site_offset_min(trial, trial->site, instant_ms);
}

/* ---- What a site gives the logic ---- */

static struct value years(const struct trial_number *number) {
    return trial_given(number->place) ? value_integer((int32_t)(number->value / DECIMAL_ONE))
                                      : value_null();
}

static enum status quantity_value(struct trial_build *build, const struct trial_quantity *q,
                                  struct value *out) {
    *out = value_null();
    if (!trial_given(q->place)) {
        return STATUS_OK;
    }
    struct quantity *quantity = ARENA_NEW(build->arena, struct quantity);
    const struct unit *unit = unit_intern(build->trial->program->units, q->unit);
    if (!quantity || !unit) {
        return STATUS_NO_MEMORY;
    }
    *quantity = (struct quantity){q->value, q->scale, unit};
    *out = (struct value){.kind = VALUE_QUANTITY, .quantity = quantity};
    return STATUS_OK;
}

/* A line of the table of Limits.cql; the names are in the order that tuples want. */
static enum status limit_value(struct trial_build *build, const struct trial_site *site,
                               const struct trial_reference_limit *limit, struct value *out) {
    static const struct str names[] = {{"ageFrom", 7}, {"ageTo", 5}, {"analyte", 7}, {"high", 4},
                                       {"low", 3},     {"sex", 3},   {"site", 4}};
    enum { COLUMNS = sizeof names / sizeof names[0] };
    struct value *cells = ARENA_ARRAY(build->arena, COLUMNS, struct value);
    struct tuple *line = ARENA_NEW(build->arena, struct tuple);
    if (!cells || !line) {
        return STATUS_NO_MEMORY;
    }
    cells[0] = years(&limit->age_from);
    cells[1] = years(&limit->age_to);
    cells[2] = value_string(limit->analyte.text);
    cells[5] = !trial_given(limit->sex.place)   ? value_null()
               : limit->sex.value == SEX_FEMALE ? value_string(STR("female"))
                                                : value_string(STR("male"));
    cells[6] = value_string(site->id.text);
    *line = (struct tuple){COLUMNS, names, cells};
    *out = (struct value){.kind = VALUE_TUPLE, .tuple = line};
    enum status status = quantity_value(build, &limit->high, &cells[3]);
    return status == STATUS_OK ? quantity_value(build, &limit->low, &cells[4]) : status;
}

static enum status limits_value(struct trial_build *build, const struct trial_site *site,
                                struct value *out) {
    struct value *lines = ARENA_ARRAY(build->arena, site->limits.count + 1, struct value);
    struct list *list = ARENA_NEW(build->arena, struct list);
    if (!lines || !list) {
        return STATUS_NO_MEMORY;
    }
    *list = (struct list){site->limits.count, lines};
    *out = (struct value){.kind = VALUE_LIST, .list = list};
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < site->limits.count && status == STATUS_OK; i++) {
        status = limit_value(build, site, &site->limits.items[i], &lines[i]);
    }
    return status;
}

/* Whether the logic has the parameter, of this kind of type, and nothing else set it. */
static bool wants(const struct trial_build *build, struct str name, enum type_kind kind) {
    const struct parameter *p = trial_find_parameter(build->trial->program, name);
    for (uint32_t i = 0; i < build->argument_count; i++) {
        if (str_equal(build->arguments[i].name, name)) {
            return false;
        }
    }
    return p && p->type && p->type->kind == kind;
}

static void add_argument(struct trial_build *build, struct str name, struct value value,
                         struct span span) {
    build->argument_spans[build->argument_count] = span;
    build->arguments[build->argument_count++] = (struct plan_argument){name, value};
}

enum status trial_bind_site(struct trial_build *build) {
    const struct trial_site_list *sites = &build->document->sites;
    if (build->trial->site >= sites->count) {
        return STATUS_OK;
    }
    const struct trial_site *site = &sites->items[build->trial->site];
    if (wants(build, STR("Site"), TYPE_NAMED)) {
        add_argument(build, STR("Site"), value_string(site->id.text), site->id.place.span);
    }
    if (site->limits.count && wants(build, STR("Reference limits"), TYPE_LIST)) {
        struct value table;
        enum status status = limits_value(build, site, &table);
        if (status != STATUS_OK) {
            return status;
        }
        add_argument(build, STR("Reference limits"), table, site->span);
    }
    return STATUS_OK;
}
