#include "report/words.h"

#include "value/datetime.h"

#include <utf8proc.h>

void words_time_iso(instant_ms at, int16_t offset_min, struct buf *out) {
    struct datetime time = datetime_from_ms(at, offset_min);
    char text[DATETIME_TEXT_MAX];
    size_t len = datetime_print(&time, VALUE_DATETIME, text);
    buf_add(out, (struct str){text, len});
}

void words_time(instant_ms at, int16_t offset_min, struct buf *out) {
    struct datetime time = datetime_from_ms(at, offset_min);
    int minutes = offset_min < 0 ? -offset_min : offset_min;
    buf_add_format(out, "%04d-%02d-%02d %02d:%02d %c%02d:%02d", time.year, time.month, time.day,
                   time.hour, time.minute, offset_min < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* The bytes of the code point at `at` and its columns; an invalid byte and a control character are
 * shown in one (buf_add_shown). */
static size_t next_point(struct str text, size_t at, unsigned *columns) {
    utf8proc_int32_t point = 0;
    utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text.at + at,
                                            (utf8proc_ssize_t)(text.len - at), &point);
    if (len <= 0) {
        *columns = 1;
        return 1;
    }
    bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    int width = control ? 1 : utf8proc_charwidth(point);
    *columns = width > 0 ? (unsigned)width : 0;
    return (size_t)len;
}

unsigned words_columns(struct str text) {
    unsigned all = 0;
    for (size_t i = 0; i < text.len;) {
        unsigned columns = 0;
        i += next_point(text, i, &columns);
        all += columns;
    }
    return all;
}

struct str words_cut(struct str text, unsigned columns, bool *was_cut) {
    *was_cut = words_columns(text) > columns;
    if (!*was_cut) {
        return text;
    }
    unsigned used = 0;
    size_t i = 0;
    while (i < text.len) {
        unsigned width = 0;
        size_t len = next_point(text, i, &width);
        if (used + width + 1 > columns) {
            break;
        }
        used += width;
        i += len;
    }
    return (struct str){text.at, i};
}

void words_cell(struct str text, unsigned columns, struct buf *out) {
    bool was_cut = false;
    struct str shown = words_cut(text, columns, &was_cut);
    buf_add_shown(out, shown);
    unsigned used = words_columns(shown);
    if (was_cut) {
        buf_add(out, STR("\xE2\x80\xA6"));
        used++;
    }
    buf_add_repeat(out, ' ', columns > used ? columns - used : 0);
}

void words_powers(struct buf *text) {
    static const char *const raised[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                         "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    struct buf out;
    buf_init(&out);
    size_t kept = 0;
    for (size_t i = 0; i + 3 < text->len; i++) {
        char digit = text->at[i + 3];
        bool is_number = i > 0 && text->at[i - 1] >= '0' && text->at[i - 1] <= '9';
        if (memcmp(text->at + i, "10*", 3) != 0 || is_number || digit < '0' || digit > '9') {
            continue;
        }
        buf_add(&out, (struct str){text->at + kept, i + 2 - kept});
        for (i += 3; i < text->len && text->at[i] >= '0' && text->at[i] <= '9'; i++) {
            buf_add_cstr(&out, raised[text->at[i] - '0']);
        }
        kept = i--;
    }
    if (kept) {
        buf_add(&out, (struct str){text->at + kept, text->len - kept});
        buf_reset(text);
        buf_add(text, buf_str(&out));
        text->status = buf_status(&out) != STATUS_OK ? buf_status(&out) : text->status;
    }
    buf_release(&out);
}

void words_pad(struct buf *line, unsigned columns) {
    unsigned used = words_columns(buf_str(line));
    buf_add_repeat(line, ' ', used + 2 < columns ? columns - used : 2);
}

void words_paragraph(struct str text, unsigned margin, unsigned width, const char *tint,
                     const char *plain, struct buf *out) {
    struct buf lines;
    buf_init(&lines);
    buf_add_wrapped(&lines, text, width > margin + 20 ? width - margin - 1 : 20);
    for (size_t i = 0; i < lines.len;) {
        size_t len = 0;
        while (i + len < lines.len && lines.at[i + len] != '\n') {
            len++;
        }
        buf_add_repeat(out, ' ', margin);
        buf_add_cstr(out, tint);
        buf_add_shown(out, (struct str){lines.at + i, len});
        buf_add_cstr(out, plain);
        buf_add_char(out, '\n');
        i += len + 1;
    }
    if (buf_status(&lines) != STATUS_OK) {
        out->status = buf_status(&lines);
    }
    buf_release(&lines);
}

void words_number(uint64_t number, unsigned columns, struct buf *out) {
    buf_add_format(out, "%*llu", (int)columns, (unsigned long long)number);
}

void words_bar(uint64_t sure, uint64_t part, uint64_t all, unsigned columns, struct buf *out) {
    /* Rounded up, so that a single subject is seen. */
    unsigned solid = all ? (unsigned)((sure * columns + all - 1) / all) : 0;
    unsigned light = all ? (unsigned)((part * columns + all - 1) / all) : 0;
    light = light > solid ? light - solid : 0;
    for (unsigned i = 0; i < columns; i++) {
        buf_add_cstr(out, i < solid ? "\xE2\x96\x88" : i < solid + light ? "\xE2\x96\x92" : " ");
    }
}

const char *words_status(enum subject_status status) {
    static const char *const words[SUBJECT_STATUS_COUNT] = {
        [SUBJECT_ELIGIBLE] = "eligible",
        [SUBJECT_PENDING_HUMAN] = "waiting for people",
        [SUBJECT_NOT_ELIGIBLE] = "not eligible",
        [SUBJECT_UNDECIDED] = "undecided",
    };
    return words[status];
}

const char *words_answer(const struct criterion_answer *answer) {
    if (answer->value == LOGIC_UNKNOWN) {
        return answer->waits_for_human ? "to be asked" : "unknown";
    }
    return answer->value == LOGIC_TRUE ? "met" : "not met";
}

const char *words_answer_json(uint8_t logic) {
    return logic == LOGIC_TRUE ? "met" : logic == LOGIC_FALSE ? "not_met" : "unknown";
}

void words_datum(const struct screen_ask *ask, struct buf *out) {
    buf_add(out, ask->datum);
    if (ask->window.len) {
        buf_add_cstr(out, str_starts(ask->window, STR("the last")) ? " in " : " ");
        buf_add(out, ask->window);
    }
}

static bool is_open(const struct screen_subject *subject) {
    return subject->status == SUBJECT_PENDING_HUMAN || subject->status == SUBJECT_UNDECIDED;
}

static bool waits_for(const struct screen_subject *subject, const struct screen_ask *ask) {
    for (uint32_t i = 0; i < subject->confirm_count; i++) {
        if (subject->confirm[i].human && str_equal(subject->confirm[i].datum, ask->datum)) {
            return true;
        }
    }
    return false;
}

void words_common_asks(const struct screen_result *result, struct common_asks *out) {
    *out = (struct common_asks){0};
    uint32_t open = 0;
    for (uint32_t s = 0; s < result->subject_count; s++) {
        const struct screen_subject *subject = &result->subjects[s];
        if (!is_open(subject)) {
            continue;
        }
        if (open++ == 0) {
            for (uint32_t i = 0; i < subject->confirm_count && out->count < COMMON_ASKS_MAX; i++) {
                if (subject->confirm[i].human) {
                    out->items[out->count++] = &subject->confirm[i];
                }
            }
            continue;
        }
        uint32_t kept = 0;
        for (uint32_t i = 0; i < out->count; i++) {
            if (waits_for(subject, out->items[i])) {
                out->items[kept++] = out->items[i];
            }
        }
        out->count = kept;
    }
    if (open < 2) {
        out->count = 0;
    }
}

bool words_is_common(const struct common_asks *common, const struct screen_ask *ask) {
    for (uint32_t i = 0; i < common->count && ask->human; i++) {
        if (str_equal(common->items[i]->datum, ask->datum)) {
            return true;
        }
    }
    return false;
}

static bool has_datum(uint32_t count, const struct screen_ask *items, struct str datum) {
    for (uint32_t i = 0; i < count; i++) {
        if (str_equal(items[i].datum, datum)) {
            return true;
        }
    }
    return false;
}

bool words_rules_out(const struct screen_subject *subject, const struct screen_ask *ask) {
    return has_datum(subject->ask_first_count, subject->ask_first, ask->datum);
}

bool words_is_asked(const struct screen_subject *subject, const struct screen_ask *ask) {
    return has_datum(subject->confirm_count, subject->confirm, ask->datum);
}

bool words_has_fact(const struct evidence_reason *reason, const struct evidence_fact *fact) {
    for (uint32_t i = 0; i < reason->fact_count; i++) {
        if (reason->facts[i].line == fact->line && str_equal(reason->facts[i].file, fact->file) &&
            str_equal(reason->facts[i].resource, fact->resource)) {
            return true;
        }
    }
    return false;
}

void words_criteria(const struct trial *trial, uint32_t count, const uint16_t *criteria,
                    struct buf *out) {
    for (uint32_t i = 0; i < count; i++) {
        buf_add_cstr(out, i ? ", " : "");
        buf_add(out, trial->criteria[criteria[i]].id);
    }
}

const struct screen_subject *words_find(const struct screen_result *result, struct str id) {
    for (uint32_t i = 0; i < result->subject_count; i++) {
        if (str_equal_fold(result->subjects[i].id, id)) {
            return &result->subjects[i];
        }
    }
    return NULL;
}

unsigned words_depth(const struct trial *trial, uint16_t criterion) {
    unsigned depth = 0;
    for (uint16_t up = trial->criteria[criterion].parent; up != CRITERION_NONE && depth < 32;
         up = trial->criteria[up].parent) {
        depth++;
    }
    return depth;
}

struct str words_site_id(const struct trial *trial) {
    return trial->site < trial->site_count ? trial->sites[trial->site].id : STR("");
}

void words_site(const struct trial *trial, struct buf *out) {
    if (trial->site >= trial->site_count) {
        return;
    }
    const struct trial_site_zone *site = &trial->sites[trial->site];
    buf_add(out, site->name);
    buf_add_format(out, ", %.*s", STR_ARG(site->timezone));
    if (!trial->site_chosen) {
        buf_add_format(out, "; the first of %u sites, --site chooses", trial->site_count);
    }
}
