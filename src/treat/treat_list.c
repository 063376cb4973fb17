/* The order of the list, and what it comes to in syringes and tablets. */
#include "treat/treat_internal.h"

/* The length of the run of digits at *at, which is moved past zeros that lead it. */
static size_t digits(struct str text, size_t *at) {
    size_t end = *at;
    while (end < text.len && text.at[end] >= '0' && text.at[end] <= '9') {
        end++;
    }
    while (*at + 1 < end && text.at[*at] == '0') {
        ++*at;
    }
    return end - *at;
}

/* -1, 0 or 1; runs of digits count as numbers, so that bed 2 stands before bed 12. */
static int compare_beds(struct str a, struct str b) {
    size_t i = 0;
    size_t k = 0;
    while (i < a.len && k < b.len) {
        size_t a_run = digits(a, &i);
        size_t b_run = digits(b, &k);
        if (a_run != b_run) {
            return a_run < b_run ? -1 : 1;
        }
        int order = a_run ? memcmp(a.at + i, b.at + k, a_run) : (uint8_t)a.at[i] - (uint8_t)b.at[k];
        if (order) {
            return order < 0 ? -1 : 1;
        }
        i += a_run ? a_run : 1;
        k += b_run ? b_run : 1;
    }
    return (a.len - i > b.len - k) - (a.len - i < b.len - k);
}

/* What has to be decided first, then by site and bed, then as the population goes. */
static bool stands_before(const struct treat_subject *a, const struct treat_subject *b) {
    bool asks = a->question_count > 0;
    if (asks != (b->question_count > 0)) {
        return asks;
    }
    if (a->site != b->site) {
        return a->site < b->site;
    }
    if (!a->bed.len != !b->bed.len) {
        return a->bed.len > 0;
    }
    int order = compare_beds(a->bed, b->bed);
    return order ? order < 0 : a->patient < b->patient;
}

/* Heapsort: it needs no memory, and ties are settled above. */
static void sift(const struct treat_subject *subjects, uint32_t *order, uint32_t from,
                 uint32_t count) {
    for (uint32_t child = 2 * from + 1; child < count; from = child, child = 2 * from + 1) {
        if (child + 1 < count &&
            stands_before(&subjects[order[child]], &subjects[order[child + 1]])) {
            child++;
        }
        if (!stands_before(&subjects[order[from]], &subjects[order[child]])) {
            return;
        }
        uint32_t moved = order[from];
        order[from] = order[child];
        order[child] = moved;
    }
}

static enum status put_in_order(struct arena *arena, struct treat_result *out) {
    uint32_t count = out->subject_count;
    uint32_t *order = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);
    if (!order) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (uint32_t i = count / 2; i-- > 0;) {
        sift(out->subjects, order, i, count);
    }
    for (uint32_t end = count; end-- > 1;) {
        uint32_t last = order[0];
        order[0] = order[end];
        order[end] = last;
        sift(out->subjects, order, 0, end);
    }
    out->order = order;
    return STATUS_OK;
}

static void add_to_total(struct treat_total *total, const struct treat_line *line) {
    bool counts = line->state == DOSE_DUE || line->state == DOSE_PLANNED;
    if (!counts) {
        return;
    }
    total->doses += line->time_count;
    if (line->has_units) {
        i128 whole = (line->units + DECIMAL_ONE - 1) / DECIMAL_ONE;
        total->units += (uint64_t)whole * line->time_count;
    } else {
        total->uncounted = true;
    }
}

static enum status add_up(const struct trial *trial, struct arena *arena,
                          struct treat_result *out) {
    uint32_t drugs = trial->regimen->drug_count;
    uint32_t sites = trial->site_count ? trial->site_count : 1;
    struct treat_total *totals = ARENA_ARRAY(arena, (size_t)sites * drugs + 1, struct treat_total);
    if (!totals) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < out->subject_count; i++) {
        const struct treat_subject *subject = &out->subjects[i];
        for (uint32_t k = 0; k < subject->line_count; k++) {
            uint32_t site = subject->site < sites ? subject->site : 0;
            add_to_total(&totals[site * drugs + subject->lines[k].drug], &subject->lines[k]);
        }
    }
    for (uint32_t i = 0; i < sites * drugs; i++) {
        if (totals[i].doses) {
            struct treat_total *kept = &totals[out->total_count++];
            *kept = totals[i];
            kept->site = (uint16_t)(i / drugs);
            kept->drug = (uint16_t)(i % drugs);
        }
    }
    out->totals = totals;
    return STATUS_OK;
}

enum status treat_list(const struct trial *trial, struct arena *arena, struct treat_result *out) {
    enum status status = put_in_order(arena, out);
    return status == STATUS_OK ? add_up(trial, arena, out) : status;
}
