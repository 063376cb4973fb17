#include "trial/allocation_design.h"

#include "base/file.h"
#include "base/limits.h"
#include "trial/document_read.h"
#include "value/decimal.h"

#include <math.h>

struct builder {
    const struct trial *trial;
    const struct trial_allocation *text;
    struct arena *arena;
    struct diag_list *diags;
    struct trial_allocation_design *out;
    bool faulty;
    bool no_memory;
};

static struct diagnostic *fault(struct builder *b, enum diag_id id, struct span span,
                                const char *words) {
    b->faulty = true;
    return diag_at(b->diags, id, span, "%s", words);
}

/* A whole number from 1 to `most`; 0 otherwise. */
static uint32_t whole(const struct trial_number *number, uint32_t most) {
    i128 unit = (i128)100000000;
    i128 value = number->value / unit;
    return number->value % unit == 0 && value >= 1 && value <= most ? (uint32_t)value : 0;
}

static double as_double(const struct trial_number *number) {
    return (double)number->value / 1e8;
}

static bool is_open(struct str masking) {
    static const char *const words[] = {"open", "none", "unblinded"};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        struct str word = str_from(words[w]);
        for (size_t i = 0; i + word.len <= masking.len; i++) {
            if (str_equal_fold((struct str){masking.at + i, word.len}, word)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- trial.yaml ---- */

static void read_ratio(struct builder *b) {
    uint32_t arms = b->trial->document->arms.count;
    const struct trial_number_list *ratio = &b->text->ratio;
    uint32_t *out = ARENA_ARRAY(b->arena, arms + 1, uint32_t);
    b->no_memory |= !out;
    if (!out || (ratio->count && ratio->count != arms)) {
        b->faulty = true; /* TR0117 was said */
        return;
    }
    for (uint32_t a = 0; a < arms; a++) {
        out[a] = ratio->count ? whole(&ratio->items[a], LIMIT_ARMS) : 1;
        if (!out[a]) {
            (void)fault(b, DIAG_TR0560, ratio->items[a].place.span,
                        "the ratio is of whole numbers from 1 to 16");
        }
    }
    b->out->design.arm_count = arms;
    b->out->design.ratio = out;
}

static void levels_of_sites(struct builder *b, struct allocation_factor *factor) {
    struct str *levels = ARENA_ARRAY(b->arena, b->trial->site_count + 1, struct str);
    b->no_memory |= !levels;
    for (uint32_t i = 0; levels && i < b->trial->site_count; i++) {
        levels[i] = b->trial->sites[i].id;
    }
    factor->levels = levels;
    factor->level_count = levels ? b->trial->site_count : 0;
}

static void read_levels(struct builder *b, const struct trial_stratum *text,
                        struct allocation_factor *factor) {
    static const struct str truths[] = {{"true", 4}, {"false", 5}};
    const struct definition *definition = text->define.definition;
    bool boolean = definition && definition->type && definition->type->kind == TYPE_NAMED &&
                   definition->type->name == MODEL_BOOLEAN;
    if (text->levels.count) {
        struct str *levels = ARENA_ARRAY(b->arena, text->levels.count, struct str);
        b->no_memory |= !levels;
        for (uint32_t i = 0; levels && i < text->levels.count; i++) {
            levels[i] = text->levels.items[i].text;
        }
        factor->levels = levels;
        factor->level_count = levels ? text->levels.count : 0;
    } else if (!trial_given(text->define.place)) {
        levels_of_sites(b, factor);
    } else if (boolean || !definition) {
        factor->levels = truths;
        factor->level_count = 2;
    } else {
        struct diagnostic *d = fault(b, DIAG_TR0561, text->define.place.span,
                                     "the levels of this factor are not said");
        diag_hint(b->diags, d,
                  "add 'levels:' with every text that '%.*s' can give; lists are kept for each",
                  STR_ARG(text->define.name));
    }
}

static void read_factors(struct builder *b) {
    const struct trial_stratum_list *strata = &b->text->strata;
    struct allocation_factor *factors =
        ARENA_ARRAY(b->arena, strata->count + 1, struct allocation_factor);
    b->no_memory |= !factors;
    for (uint32_t i = 0; factors && i < strata->count; i++) {
        const struct trial_stratum *text = &strata->items[i];
        factors[i].name = text->id.text;
        factors[i].weight = trial_given(text->weight.place) ? as_double(&text->weight) : 1.0;
        read_levels(b, text, &factors[i]);
    }
    b->out->design.factors = factors;
    b->out->design.factor_count = factors ? strata->count : 0;
}

/* ---- The sealed file ---- */

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool read_seed(struct str text, uint8_t seed[DRAW_SEED_BYTES]) {
    bool good = text.len == (size_t)2 * DRAW_SEED_BYTES;
    for (size_t i = 0; good && i < DRAW_SEED_BYTES; i++) {
        int high = hex_digit(text.at[2 * i]);
        int low = hex_digit(text.at[2 * i + 1]);
        good = high >= 0 && low >= 0;
        seed[i] = good ? (uint8_t)(high << 4 | low) : 0;
    }
    return good;
}

static void take_blocks(struct builder *b, const struct trial_sealed *sealed) {
    uint32_t *sizes = ARENA_ARRAY(b->arena, sealed->block_sizes.count + 1, uint32_t);
    b->no_memory |= !sizes;
    for (uint32_t i = 0; sizes && i < sealed->block_sizes.count; i++) {
        /* A size that is no whole number becomes 0, which no ratio fits. */
        sizes[i] = whole(&sealed->block_sizes.items[i], LIMIT_BLOCK_SUBJECTS);
    }
    b->out->design.kind = ALLOCATION_BLOCKS;
    b->out->design.block_sizes = sizes;
    b->out->design.block_size_count = sizes ? sealed->block_sizes.count : 0;
}

static void take_sealed(struct builder *b, const struct trial_sealed *sealed) {
    bool minimising = b->text->method.value == ALLOCATE_MINIMISATION;
    if (!str_equal(sealed->trial.text, b->trial->id)) {
        struct diagnostic *d =
            fault(b, DIAG_TR0562, sealed->trial.place.span, "this file seals another trial");
        diag_note(b->diags, d, "the trial here is '%.*s'", STR_ARG(b->trial->id));
    }
    if (!read_seed(sealed->seed.text, b->out->seed)) {
        struct diagnostic *d =
            fault(b, DIAG_TR0562, sealed->seed.place.span, "a seed is 64 hexadecimal digits");
        diag_hint(b->diags, d, "`quell allocate TRIAL --seal FILE` draws one");
    }
    if (trial_given(sealed->preference.place)) {
        b->out->design.preference = as_double(&sealed->preference);
    }
    b->out->design.measure =
        sealed->imbalance.value == IMBALANCE_VARIANCE ? ALLOCATION_VARIANCE : ALLOCATION_RANGE;
    if (sealed->block_sizes.count && minimising) {
        (void)fault(b, DIAG_TR0562, sealed->block_sizes.place.span, "minimisation has no blocks");
    } else if (sealed->block_sizes.count) {
        take_blocks(b, sealed);
    }
    const char *why = b->faulty ? NULL : allocation_design_fault(&b->out->design, b->arena);
    if (why) {
        (void)fault(b, DIAG_TR0562,
                    sealed->block_sizes.count               ? sealed->block_sizes.place.span
                    : trial_given(sealed->preference.place) ? sealed->preference.place.span
                                                            : sealed->span,
                    why);
    }
}

/* Sites do not have the file: that it is missing is no error. */
static enum status read_sealed(struct builder *b) {
    if (!trial_given(b->text->sealed.place)) {
        return STATUS_OK;
    }
    struct str path = file_join(b->arena, b->trial->folder, b->text->sealed.text);
    struct str text = STR_NONE;
    if (!path.at || file_kind(path) != FILE_REGULAR) {
        return path.at ? STATUS_OK : STATUS_NO_MEMORY;
    }
    enum status status = file_read(path, b->arena, &text);
    if (status != STATUS_OK) {
        (void)fault(b, DIAG_TR0002, b->text->sealed.place.span, "it is there and cannot be read");
        return status == STATUS_NO_MEMORY ? status : STATUS_OK;
    }
    const struct source *source = diag_source(b->diags, path, text);
    uint64_t errors = b->diags->counts[SEVERITY_ERROR];
    void *read = NULL;
    status = source ? document_read(source, SCHEMA_OBJECT_sealed, b->arena, b->diags, &read)
                    : STATUS_NO_MEMORY;
    if (status == STATUS_OK && read && b->diags->counts[SEVERITY_ERROR] == errors) {
        b->out->sealed_source = source;
        take_sealed(b, read);
    }
    b->faulty |= b->diags->counts[SEVERITY_ERROR] != errors;
    return status;
}

/* ---- The whole ---- */

static uint32_t planned(const struct trial_document *document) {
    const struct trial_sample_size *size = document->sample_size;
    const struct trial_recruitment *recruitment = document->recruitment;
    if (size && trial_given(size->planned.place)) {
        return whole(&size->planned, LIMIT_ALLOCATIONS);
    }
    return recruitment && trial_given(recruitment->enrolled.place)
               ? whole(&recruitment->enrolled, LIMIT_ALLOCATIONS)
               : 0;
}

enum status trial_allocation_design(const struct trial *trial, struct arena *arena,
                                    struct diag_list *diags, struct trial_allocation_design **out) {
    *out = NULL;
    const struct trial_allocation *text = trial->document->allocation;
    bool chance = text && (text->method.value == ALLOCATE_RANDOMISED ||
                           text->method.value == ALLOCATE_MINIMISATION);
    if (!chance) {
        return STATUS_OK;
    }
    struct trial_allocation_design *made = ARENA_NEW(arena, struct trial_allocation_design);
    if (!made) {
        return STATUS_NO_MEMORY;
    }
    made->design.kind =
        text->method.value == ALLOCATE_MINIMISATION ? ALLOCATION_MINIMISATION : ALLOCATION_SIMPLE;
    made->design.preference = 0.8;
    made->open = is_open(trial->document->masking.text);
    made->subjects = planned(trial->document);
    struct builder b = {trial, text, arena, diags, made, false, false};
    read_ratio(&b);
    read_factors(&b);
    const char *why =
        b.faulty || b.no_memory ? NULL : allocation_design_fault(&made->design, arena);
    if (why) {
        (void)fault(&b, DIAG_TR0560, text->span, why);
    }
    enum status status = b.faulty ? STATUS_OK : read_sealed(&b);
    if (status != STATUS_OK || b.no_memory) {
        return b.no_memory ? STATUS_NO_MEMORY : status;
    }
    *out = b.faulty ? NULL : made;
    return STATUS_OK;
}

void allocation_commitment(const struct trial *trial, const uint8_t seed[DRAW_SEED_BYTES],
                           uint8_t commitment[DIGEST_BYTES]) {
    digest_bytes((struct str){(const char *)seed, DRAW_SEED_BYTES},
                 (struct str){(const char *)trial->hash, sizeof trial->hash}, commitment);
}

void allocation_seal(const struct trial *trial, const struct allocation_design *design,
                     const uint8_t seed[DRAW_SEED_BYTES], struct buf *out) {
    buf_add_cstr(out,
                 "# Sealed: for the two people who keep it, never for a site. Whoever reads this "
                 "knows every next arm.\ntrial: ");
    buf_add(out, trial->id);
    buf_add_cstr(out, "\nseed: \"");
    for (size_t i = 0; i < DRAW_SEED_BYTES; i++) {
        buf_add_format(out, "%02x", seed[i]);
    }
    buf_add_cstr(out, "\"\n");
    if (design->kind == ALLOCATION_BLOCKS) {
        buf_add_cstr(out, "block_sizes: [");
        for (uint32_t i = 0; i < design->block_size_count; i++) {
            buf_add_format(out, "%s%u", i ? ", " : "", design->block_sizes[i]);
        }
        buf_add_cstr(out, "]\n");
    } else if (design->kind == ALLOCATION_MINIMISATION) {
        buf_add_format(out, "preference: %g\nimbalance: %s\n", design->preference,
                       design->measure == ALLOCATION_RANGE ? "range" : "variance");
    }
}

/* ---- Rules ---- */

uint32_t allocation_objections(const struct allocation_design *design, bool open,
                               uint32_t subjects) {
    uint32_t objections = 0;
    uint32_t ratio = allocation_ratio_sum(design);
    bool blocks = design->kind == ALLOCATION_BLOCKS;
    double mean = 0.0;
    bool fixed = blocks;
    for (uint32_t i = 0; blocks && i < design->block_size_count; i++) {
        mean += (double)design->block_sizes[i] / (double)design->block_size_count;
        objections |= design->block_sizes[i] == ratio ? ALLOCATION_SMALLEST_BLOCKS : 0;
        fixed &= design->block_sizes[i] == design->block_sizes[0];
    }
    if (fixed && open && design->block_sizes[0] == 2 * ratio) {
        objections |= ALLOCATION_FIXED_BLOCKS;
    }
    double each = (double)subjects / (double)allocation_stratum_count(design);
    if (blocks && subjects && design->factor_count) {
        objections |= each < mean         ? ALLOCATION_TOO_MANY_STRATA
                      : each < 2.0 * mean ? ALLOCATION_MANY_STRATA
                                          : 0;
    }
    return objections;
}

const char *allocation_objection_words(enum allocation_objection objection) {
    switch (objection) {
    case ALLOCATION_SMALLEST_BLOCKS:
        return "the last arm of the smallest blocks is known to everybody who keeps count";
    case ALLOCATION_FIXED_BLOCKS:
        return "small blocks of one size can be guessed where treatment is open";
    case ALLOCATION_TOO_MANY_STRATA:
        return "fewer subjects a stratum than one block: most blocks would never be finished";
    case ALLOCATION_MANY_STRATA:
        return "fewer than two blocks a stratum";
    }
    return "";
}

/* The smallest design in blocks that strata could be judged by when the sizes are not known: twice
 * the ratio. */
static struct allocation_design presumed_blocks(const struct allocation_design *design,
                                                uint32_t *size) {
    struct allocation_design blocks = *design;
    *size = 2 * allocation_ratio_sum(design);
    blocks.kind = ALLOCATION_BLOCKS;
    blocks.block_sizes = size;
    blocks.block_size_count = 1;
    return blocks;
}

enum status trial_check_allocation(const struct trial *trial, struct arena *arena,
                                   struct diag_list *diags) {
    static const struct {
        enum allocation_objection objection;
        enum diag_id id;
        const char *hint;
    } rules[] = {
        {ALLOCATION_SMALLEST_BLOCKS, DIAG_TR0563, "leave the smallest size out: 4, 6 and 8 at 1:1"},
        {ALLOCATION_FIXED_BLOCKS, DIAG_TR0564, "mix sizes, such as 4, 6 and 8 at 1:1"},
        {ALLOCATION_TOO_MANY_STRATA, DIAG_TR0565,
         "use fewer strata, or method: minimisation, which balances many factors"},
        {ALLOCATION_MANY_STRATA, DIAG_TR0566,
         "use fewer strata, smaller blocks, or method: minimisation"},
    };
    struct trial_allocation_design *made = NULL;
    enum status status = trial_allocation_design(trial, arena, diags, &made);
    if (status != STATUS_OK || !made) {
        return status;
    }
    uint32_t size = 0;
    struct allocation_design design = made->design;
    uint32_t judged = UINT32_MAX;
    if (design.kind == ALLOCATION_SIMPLE && !made->sealed_source) {
        design = presumed_blocks(&design, &size);
        judged = ALLOCATION_TOO_MANY_STRATA;
    }
    uint32_t objections = judged & allocation_objections(&design, made->open, made->subjects);
    struct span strata = trial->document->allocation->span;
    struct span sealed = made->sealed_source ? (struct span){made->sealed_source, 0, 0} : strata;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (objections & rules[i].objection) {
            bool of_strata = rules[i].objection >= ALLOCATION_TOO_MANY_STRATA;
            struct diagnostic *d = diag_at(diags, rules[i].id, of_strata ? strata : sealed, "%s",
                                           allocation_objection_words(rules[i].objection));
            if (of_strata) {
                diag_note(diags, d, "%u subjects in %u strata", made->subjects,
                          allocation_stratum_count(&design));
            }
            diag_hint(diags, d, "%s", rules[i].hint);
        }
    }
    return STATUS_OK;
}
