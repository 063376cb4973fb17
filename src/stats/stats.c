/* The tables of methods and options as data, and the reading of settings. */
#include "stats/present.h"

#include <assert.h>
#include <stdlib.h>

const struct stats_option_info stats_option_infos[STATS_OPTION_COUNT] = {
#define STATS_OPTION(id, name, kind, argument, default_r, default_sas, summary)                    \
    {name, STATS_##kind, argument, default_r, default_sas, summary},
#include "quell/stats_options.def"
};

_Static_assert(STATS_OPTION_COUNT <= 64, "options are bits of a 64-bit set");

const struct stats_method stats_methods[STATS_METHOD_COUNT] = {
#define METHOD(id, name, question, title, needs, may, categories, options, takes, words, source,   \
               example, function)                                                                  \
    {name,    STATS_ASK_##question, title, needs,  may,     categories,                            \
     options, STATS_TAKES_##takes,  words, source, example, function},
#include "stats/methods.def"
};

const char *stats_question_words(enum stats_question question) {
    static const char *const words[STATS_QUESTION_COUNT] = {
#define QUESTION(id, text) text,
#include "stats/methods.def"
    };
    return words[question];
}

enum stats_option stats_option_find(struct str name) {
    int i = 0;
    while (i < STATS_OPTION_COUNT && !str_equal(name, str_from(stats_option_infos[i].name))) {
        i++;
    }
    return (enum stats_option)i;
}

const struct stats_method *stats_method_find(struct str name) {
    for (int i = 0; i < STATS_METHOD_COUNT; i++) {
        if (str_equal(name, str_from(stats_methods[i].name))) {
            return &stats_methods[i];
        }
    }
    return NULL;
}

/* ---- Settings ---- */

static bool read_number(struct str text, double *out) {
    char digits[64];
    if (!text.len || text.len >= sizeof digits || text.at[0] == ' ') {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr("0123456789+-.eE", text.at[i])) {
            return false;
        }
    }
    memcpy(digits, text.at, text.len);
    digits[text.len] = 0;
    char *end = NULL;
    *out = strtod(digits, &end);
    return *end == 0 && isfinite(*out);
}

/* The next piece of a list with `separator`; false at its end. */
static bool next_piece(struct str *rest, char separator, struct str *piece) {
    if (!rest->at) {
        return false;
    }
    const char *end = memchr(rest->at, separator, rest->len);
    if (end) {
        *piece = (struct str){rest->at, (size_t)(end - rest->at)};
        *rest = (struct str){end + 1, rest->len - piece->len - 1};
    } else {
        *piece = *rest;
        *rest = STR_NONE;
    }
    return true;
}

static uint32_t count_pieces(struct str text, char separator) {
    uint32_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.at[i] == separator;
    }
    return count;
}

static bool read_choice(struct str words, struct str text, uint32_t *out) {
    struct str word;
    for (uint32_t i = 0; next_piece(&words, '|', &word); i++) {
        if (str_equal_fold(word, text)) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* What a NUMBER may be: levels, powers and probabilities lie within (0, 1). */
static bool in_range(enum stats_option option, double x) {
    switch (option) {
    case STATS_LEVEL:
    case STATS_ALPHA:
    case STATS_POWER:
    case STATS_P1:
    case STATS_P2:
        return x > 0 && x < 1;
    case STATS_TAU:
    case STATS_DAYS:
    case STATS_RATIO:
    case STATS_SD:
    case STATS_HAZARD_RATIO:
    case STATS_MEDIAN:
    case STATS_ODDS_RATIO:
        return x > 0;
    case STATS_ACCRUAL:
    case STATS_FOLLOW_UP:
    case STATS_LOSS_RATE:
        return x >= 0 && x <= 1e9;
    case STATS_N:
    case STATS_LOOKS:
        return x >= 1 && x == floor(x) && x <= 1e9;
    default:
        return true;
    }
}

static enum status add_numbers(struct stats_setting *setting, struct str text, struct arena *arena,
                               bool *good) {
    uint32_t more = count_pieces(text, ',');
    double *numbers = ARENA_ARRAY(arena, setting->number_count + more, double);
    if (!numbers) {
        return STATUS_NO_MEMORY;
    }
    if (setting->number_count) {
        memcpy(numbers, setting->numbers, setting->number_count * sizeof *numbers);
    }
    struct str piece;
    for (uint32_t i = setting->number_count; next_piece(&text, ',', &piece); i++) {
        *good &= read_number(piece, &numbers[i]);
    }
    setting->numbers = numbers;
    setting->number_count += more;
    return STATUS_OK;
}

/* Which columns there are is not known yet: a name with commas is taken apart when it is looked up
 * and not found whole. */
static enum status add_column(struct stats_setting *setting, struct str text, struct arena *arena) {
    struct str *columns = ARENA_ARRAY(arena, setting->column_count + 1, struct str);
    if (!columns) {
        return STATUS_NO_MEMORY;
    }
    if (setting->column_count) {
        memcpy(columns, setting->columns, setting->column_count * sizeof *columns);
    }
    columns[setting->column_count] = text;
    setting->columns = columns;
    setting->column_count++;
    return STATUS_OK;
}

/* Takes a value; *good is false when it has not the form of its kind. */
static enum status take(enum stats_option option, struct stats_setting *setting, struct str value,
                        struct arena *arena, bool *good) {
    const struct stats_option_info *info = &stats_option_infos[option];
    *good = true;
    setting->text = value;
    switch (info->kind) {
    case STATS_NUMBER:
        *good = read_number(value, &setting->number) && in_range(option, setting->number);
        return STATUS_OK;
    case STATS_NUMBERS:
        return add_numbers(setting, value, arena, good);
    case STATS_CHOICE:
        *good = read_choice(str_from(info->argument), value, &setting->choice);
        return STATUS_OK;
    case STATS_COLUMN:
        setting->column_count = 0;
        return add_column(setting, value, arena);
    case STATS_COLUMNS:
        return add_column(setting, value, arena);
    case STATS_TEXT:
        break;
    }
    return STATUS_OK;
}

void stats_request_init(struct stats_request *request, const struct stats_method *method) {
    *request = (struct stats_request){.method = method};
    for (int i = 0; i < STATS_OPTION_COUNT; i++) {
        request->settings[i].number = NAN;
    }
}

/* Defaults are well formed and need no memory. */
void stats_settings_default(struct stats_setting *settings, struct arena *arena) {
    bool sas = settings[STATS_COMPAT].given && settings[STATS_COMPAT].choice == STATS_SAS;
    for (int i = 0; i < STATS_OPTION_COUNT; i++) {
        const struct stats_option_info *info = &stats_option_infos[i];
        const char *text = sas ? info->default_sas : info->default_r;
        if (!settings[i].given && text[0]) {
            bool good = false;
            enum status status =
                take((enum stats_option)i, &settings[i], str_from(text), arena, &good);
            assert(status == STATUS_OK && good);
            (void)status;
        }
    }
}

enum status stats_request_set(struct stats_request *request, enum stats_option option,
                              struct str value, struct arena *arena, struct diag_list *diags) {
    const struct stats_method *method = request->method;
    const struct stats_option_info *info = &stats_option_infos[option];
    uint64_t bit = UINT64_C(1) << option;
    uint64_t heeded = method->needs | method->may | method->options | STATS_BIT(COMPAT);
    if (!(heeded & bit)) {
        struct diagnostic *d = diag_in_file(diags, DIAG_ST0002, STR_NONE, 0,
                                            "%s has no use for --%s", method->name, info->name);
        diag_hint(diags, d, "`quell help stats %s` lists what it takes", method->name);
        return STATUS_USER_ERROR;
    }
    bool good = true;
    enum status status = take(option, &request->settings[option], value, arena, &good);
    if (status != STATUS_OK) {
        return status;
    }
    request->settings[option].given = true;
    if (!good) {
        (void)diag_in_file(diags, DIAG_ST0003, STR_NONE, 0, "--%s takes %s, not '%.*s'", info->name,
                           info->argument, STR_ARG(value));
        return STATUS_USER_ERROR;
    }
    return STATUS_OK;
}

/* ---- Operands ---- */

bool stats_is_operand(struct str text) {
    bool digit = false;
    for (size_t i = 0; i < text.len; i++) {
        digit |= text.at[i] >= '0' && text.at[i] <= '9';
        if (!strchr("0123456789.,/+-eE", text.at[i])) {
            return false;
        }
    }
    return digit;
}

static bool is_count(double x) {
    return x >= 0 && x == floor(x) && x <= 9007199254740992.0;
}

/* 35/40 gives 35 and 5. */
static bool read_fraction(struct str text, double *cells) {
    struct str k;
    struct str n = text;
    return next_piece(&n, '/', &k) && n.at && read_number(k, &cells[0]) &&
           read_number(n, &cells[1]) && is_count(cells[0]) && is_count(cells[1]) &&
           cells[0] <= cells[1] && (cells[1] -= cells[0], true);
}

static bool read_row(struct str text, bool fraction, uint32_t columns, double *cells) {
    if (fraction) {
        return read_fraction(text, cells);
    }
    struct str piece;
    uint32_t i = 0;
    while (next_piece(&text, ',', &piece)) {
        if (i == columns || !read_number(piece, &cells[i]) || !is_count(cells[i])) {
            return false;
        }
        i++;
    }
    return i == columns;
}

static enum status bad_operand(struct diag_list *diags, struct str text, const char *wanted) {
    (void)diag_in_file(diags, DIAG_ST0004, STR_NONE, 0, "'%.*s' is not %s", STR_ARG(text), wanted);
    return STATUS_USER_ERROR;
}

static enum status read_counts(struct stats_request *request, const struct str *operands,
                               uint32_t count, struct arena *arena, struct diag_list *diags) {
    bool fractions = memchr(operands[0].at, '/', operands[0].len) != NULL;
    uint32_t columns = fractions ? 2 : count_pieces(operands[0], ',');
    double *cells = ARENA_ARRAY(arena, (size_t)count * columns, double);
    if (!cells) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t r = 0; r < count; r++) {
        if (!read_row(operands[r], fractions, columns, cells + (size_t)r * columns)) {
            return bad_operand(diags, operands[r],
                               fractions ? "a count of a total such as 35/40"
                                         : "a row of counts as long as the first, such as 12,5,3");
        }
    }
    request->counts = (struct stats_counts){count, columns, cells, fractions};
    return STATUS_OK;
}

enum status stats_request_operands(struct stats_request *request, const struct str *operands,
                                   uint32_t count, struct arena *arena, struct diag_list *diags) {
    enum stats_takes takes = request->method->takes;
    if (count == 0) {
        return STATUS_OK;
    }
    if (takes == STATS_TAKES_COUNTS) {
        return read_counts(request, operands, count, arena, diags);
    }
    if (takes != STATS_TAKES_NUMBERS) {
        return bad_operand(diags, operands[0], "something this method takes");
    }
    struct stats_setting all = {0};
    for (uint32_t i = 0; i < count; i++) {
        bool good = true;
        enum status status = add_numbers(&all, operands[i], arena, &good);
        if (status != STATUS_OK) {
            return status;
        }
        if (!good) {
            return bad_operand(diags, operands[i], "a number");
        }
    }
    request->numbers = all.numbers;
    request->number_count = all.number_count;
    return STATUS_OK;
}
