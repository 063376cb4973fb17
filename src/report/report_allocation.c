#include "report/report_allocation.h"

#include "report/words.h"

static const char stamp[] = "not for enrolment";

static void add_kind(const struct allocation_design *design, struct buf *out) {
    switch (design->kind) {
    case ALLOCATION_SIMPLE:
        buf_add_cstr(out, "simple, each drawn alone");
        break;
    case ALLOCATION_BLOCKS:
        buf_add_cstr(out, design->block_size_count > 1 ? "random blocks of " : "blocks of ");
        for (uint32_t i = 0; i < design->block_size_count; i++) {
            buf_add_format(out, "%s%u", i ? ", " : "", design->block_sizes[i]);
        }
        break;
    case ALLOCATION_MINIMISATION:
        buf_add_format(out, "minimisation, preference %g", design->preference);
        break;
    }
}

static const char *kind_word(const struct allocation_design *design) {
    static const char *const words[] = {"simple", "blocks", "minimisation"};
    return words[design->kind];
}

static void add_ratio(const struct allocation_design *design, struct buf *out) {
    for (uint32_t a = 0; a < design->arm_count; a++) {
        buf_add_format(out, "%s%u", a ? ":" : "", design->ratio[a]);
    }
}

/* ---- Terminal ---- */

static void add_head(const struct allocation_dry_run_result *result, const char *bold,
                     const char *plain, unsigned width, struct buf *out) {
    const struct allocation_design *design = &result->allocation->design;
    struct buf words;
    buf_init(&words);
    buf_add_format(out, "%s%.*s  dry run of the allocation: NOT FOR ENROLMENT%s\n", bold,
                   STR_ARG(result->trial->id), plain);
    buf_add_format(&words, "%u subjects at ", result->subjects);
    add_ratio(design, &words);
    uint32_t strata = allocation_stratum_count(design);
    buf_add_format(&words, ", %u %s", strata, strata == 1 ? "stratum" : "strata");
    for (uint32_t f = 0; f < design->factor_count; f++) {
        buf_add_format(&words, "%s%.*s (%u)", f ? " x " : ": ", STR_ARG(design->factors[f].name),
                       design->factors[f].level_count);
    }
    buf_add_format(&words, "; %u whole trials a row, seed %.*s.%s", result->repeats,
                   STR_ARG(result->seed),
                   design->factor_count ? " Levels arrive equally often (assumed)." : "");
    words_paragraph(buf_str(&words), 0, width, "", "", out);
    out->status = buf_status(&words) == STATUS_OK ? out->status : buf_status(&words);
    buf_release(&words);
}

static void add_row(const struct dry_run_design *row, unsigned column, const char *accent,
                    const char *plain, struct buf *out) {
    struct buf name;
    buf_init(&name);
    add_kind(&row->design, &name);
    const struct allocation_balance *b = &row->balance;
    buf_add_format(out, "%s %s ", row->own ? accent : "", row->own ? ">" : " ");
    words_cell(buf_str(&name), column, out);
    buf_add_format(out, "%s %7.1f %7.1f %6.1f %6.1f %8.1f %7.0f\n", row->own ? plain : "",
                   100.0 * b->predictability, b->overall.median, b->overall.high, b->overall.most,
                   b->worst_stratum.high, 100.0 * b->empty_strata);
    out->status = buf_status(&name) == STATUS_OK ? out->status : buf_status(&name);
    buf_release(&name);
    for (uint32_t bit = 1; bit <= ALLOCATION_MANY_STRATA; bit <<= 1) {
        if (row->objections & bit) {
            buf_add_format(out, "     %s: %s\n", bit & ALLOCATION_REFUSED ? "refused" : "doubtful",
                           allocation_objection_words((enum allocation_objection)bit));
        }
    }
}

static void add_commitment(const struct allocation_dry_run_result *result, struct buf *out) {
    if (!result->allocation->sealed_source) {
        buf_add_cstr(out,
                     "\nThere is no sealed file: the block sizes and the seed are not drawn yet.\n"
                     "`quell allocate TRIAL --seal FILE` draws and writes them.\n");
        return;
    }
    uint8_t commitment[DIGEST_BYTES];
    allocation_commitment(result->trial, result->allocation->seed, commitment);
    buf_add_cstr(out, "\nCommitment to the sealed seed, to publish before the first subject:\n  ");
    for (size_t i = 0; i < sizeof commitment; i++) {
        buf_add_format(out, "%02x", commitment[i]);
    }
    buf_add_char(out, '\n');
}

void report_allocation_table(const struct allocation_dry_run_result *result, unsigned width,
                             bool colour, struct buf *out) {
    const char *bold = colour ? "\033[1m" : "";
    const char *dim = colour ? "\033[2m" : "";
    const char *accent = colour ? "\033[36m" : "";
    const char *plain = colour ? "\033[0m" : "";
    unsigned column = width > 52 + 20 ? width - 52 : 20;
    column = column > 36 ? 36 : column;
    add_head(result, bold, plain, width, out);
    buf_add_format(out, "\n%s", dim);
    buf_add_repeat(out, ' ', column + 4);
    buf_add_cstr(out, "guessed  subjects off the    worst   strata\n");
    buf_add_repeat(out, ' ', column + 4);
    buf_add_cstr(out, "  right  ratio at the end  stratum  lacking\n   ");
    words_cell(STR("design"), column, out);
    buf_add_format(out, "       %%  median   95 %%   most     95 %%  arm, %%%s\n", plain);
    for (uint32_t i = 0; i < result->design_count; i++) {
        add_row(&result->designs[i], column, accent, plain, out);
    }
    buf_add_char(out, '\n');
    words_paragraph(
        STR("Guessed: by somebody who knows every earlier arm and keeps count, as in an "
            "open trial; pure chance at 1:1 is 50 %. Off the ratio: how many subjects the arm "
            "furthest from its share is away from it."),
        0, width, dim, plain, out);
    add_commitment(result, out);
}

/* ---- For machines ---- */

static void add_spread(const char *name, const struct balance_spread *spread, struct buf *out) {
    buf_add_format(out, ",\"%s\":{\"median\":%.6g,\"p95\":%.6g,\"most\":%.6g}", name,
                   spread->median, spread->high, spread->most);
}

static void add_design(const struct dry_run_design *row, struct buf *out) {
    const struct allocation_balance *b = &row->balance;
    struct buf name;
    buf_init(&name);
    add_kind(&row->design, &name);
    buf_add_cstr(out, "{\"name\":");
    buf_add_json(out, buf_str(&name));
    out->status = buf_status(&name) == STATUS_OK ? out->status : buf_status(&name);
    buf_release(&name);
    buf_add_format(out, ",\"own\":%s,\"kind\":\"%s\"", row->own ? "true" : "false",
                   kind_word(&row->design));
    if (row->design.kind == ALLOCATION_BLOCKS) {
        buf_add_cstr(out, ",\"block_sizes\":[");
        for (uint32_t i = 0; i < row->design.block_size_count; i++) {
            buf_add_format(out, "%s%u", i ? "," : "", row->design.block_sizes[i]);
        }
        buf_add_char(out, ']');
    } else if (row->design.kind == ALLOCATION_MINIMISATION) {
        buf_add_format(out, ",\"preference\":%g", row->design.preference);
    }
    buf_add_format(out, ",\"predictability\":{\"rate\":%.6f,\"se\":%.6f}", b->predictability,
                   b->predictability_se);
    add_spread("off_ratio", &b->overall, out);
    add_spread("off_ratio_on_the_way", &b->on_the_way, out);
    add_spread("worst_stratum", &b->worst_stratum, out);
    buf_add_format(out, ",\"strata_lacking_an_arm\":%.6f,\"objections\":[", b->empty_strata);
    bool first = true;
    for (uint32_t bit = 1; bit <= ALLOCATION_MANY_STRATA; bit <<= 1) {
        if (row->objections & bit) {
            buf_add_format(out, "%s{\"refused\":%s,\"words\":", first ? "" : ",",
                           bit & ALLOCATION_REFUSED ? "true" : "false");
            buf_add_json(out, str_from(allocation_objection_words((enum allocation_objection)bit)));
            buf_add_char(out, '}');
            first = false;
        }
    }
    buf_add_cstr(out, "]}");
}

void report_allocation_json(const struct allocation_dry_run_result *result, struct buf *out) {
    buf_add_cstr(out, "{\"format\":1,\"trial\":");
    buf_add_json(out, result->trial->id);
    buf_add_format(out, ",\"stamp\":\"%s\",\"subjects\":%u,\"repeats\":%u,\"seed\":", stamp,
                   result->subjects, result->repeats);
    buf_add_json(out, result->seed);
    buf_add_format(out, ",\"strata\":%u,\"open\":%s,\"sealed\":%s,\"designs\":[",
                   allocation_stratum_count(&result->allocation->design),
                   result->allocation->open ? "true" : "false",
                   result->allocation->sealed_source ? "true" : "false");
    for (uint32_t i = 0; i < result->design_count; i++) {
        buf_add_cstr(out, i ? ",\n " : "\n ");
        add_design(&result->designs[i], out);
    }
    buf_add_cstr(out, "]}\n");
}

void report_allocation_csv(const struct allocation_dry_run_result *result, struct buf *out) {
    buf_add_cstr(out,
                 "design,own,subjects,repeats,predictability,predictability_se,off_ratio_median,"
                 "off_ratio_p95,off_ratio_most,worst_stratum_p95,strata_lacking_an_arm,refused,"
                 "stamp\n");
    for (uint32_t i = 0; i < result->design_count; i++) {
        const struct dry_run_design *row = &result->designs[i];
        const struct allocation_balance *b = &row->balance;
        struct buf name;
        buf_init(&name);
        add_kind(&row->design, &name);
        buf_add_csv(out, buf_str(&name));
        out->status = buf_status(&name) == STATUS_OK ? out->status : buf_status(&name);
        buf_release(&name);
        buf_add_format(out, ",%s,%u,%u,%.6f,%.6f,%.6g,%.6g,%.6g,%.6g,%.6f,%s,%s\n",
                       row->own ? "yes" : "no", result->subjects, result->repeats,
                       b->predictability, b->predictability_se, b->overall.median, b->overall.high,
                       b->overall.most, b->worst_stratum.high, b->empty_strata,
                       row->objections & ALLOCATION_REFUSED ? "yes" : "no", stamp);
    }
}
