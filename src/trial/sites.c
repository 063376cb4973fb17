#include "trial/trial_internal.h"
#include "trial/zone.h"

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

int16_t trial_offset_min(const struct trial *trial, uint16_t site, int64_t instant_ms) {
    bool known = site < trial->site_count && trial->sites[site].zone;
    return known ? zone_offset_min(trial->sites[site].zone, instant_ms) : 0;
}
