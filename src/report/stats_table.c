/* A statistical result, and the list of methods, on a terminal. */
#include "base/mem.h"
#include "report/stats_report.h"
#include "report/words.h"

#include <stdio.h>

enum { NUMBER_MAX = 32, MARGIN = 2, OPTION_COLUMNS = 27 };

struct style {
    const char *bold;
    const char *dim;
    const char *plain;
};

static struct style style_of(bool colour) {
    return colour ? (struct style){"\033[1m", "\033[2m", "\033[0m"} : (struct style){"", "", ""};
}

/* Seven digits, as R prints; places >= 0 fixes the decimals. */
static void number_text(double x, int places, char *out) {
    if (isnan(x)) {
        snprintf(out, NUMBER_MAX, "-");
    } else if (isinf(x)) {
        snprintf(out, NUMBER_MAX, x > 0 ? "inf" : "-inf");
    } else if (places >= 0 && fabs(x) < 1e15) {
        snprintf(out, NUMBER_MAX, "%.*f", places, x);
    } else {
        snprintf(out, NUMBER_MAX, "%.7g", x);
    }
}

static void add_number(struct buf *out, double x) {
    char text[NUMBER_MAX];
    number_text(x, -1, text);
    buf_add_cstr(out, text);
}

static void add_paragraph(struct buf *out, struct str text, unsigned margin, unsigned width) {
    words_paragraph(text, margin, width, "", "", out);
}

static const char *alternative_words(enum stats_alternative alternative) {
    return alternative == STATS_LESS      ? ", one-sided: less"
           : alternative == STATS_GREATER ? ", one-sided: greater"
                                          : "";
}

static void show_tests(const struct stats_view *view, struct buf *out) {
    for (const struct stats_test *t = view->result->tests; t; t = t->next) {
        buf_add_format(out, "%*s%s: ", MARGIN, "", t->name);
        if (t->statistic) {
            buf_add_format(out, "%s = ", t->statistic);
            add_number(out, t->value);
            if (!isnan(t->df)) {
                buf_add_cstr(out, ", df ");
                add_number(out, t->df);
            }
            if (!isnan(t->df2)) {
                buf_add_cstr(out, " and ");
                add_number(out, t->df2);
            }
            buf_add_cstr(out, ", ");
        }
        buf_add_cstr(out, "p = ");
        add_number(out, t->p);
        buf_add_format(out, "%s\n", alternative_words(t->alternative));
    }
}

static void show_estimates(const struct stats_view *view, struct buf *out) {
    double level = view->request->settings[STATS_LEVEL].given
                       ? view->request->settings[STATS_LEVEL].number
                       : 0.95;
    for (const struct stats_estimate *e = view->result->estimates; e; e = e->next) {
        buf_add_format(out, "%*s%.*s: ", MARGIN, "", STR_ARG(e->term));
        add_number(out, e->value);
        if (!isnan(e->se)) {
            buf_add_cstr(out, ", se ");
            add_number(out, e->se);
        }
        if (!isnan(e->p)) {
            buf_add_cstr(out, ", p = ");
            add_number(out, e->p);
        }
        if (e->interval) {
            buf_add_format(out, "\n%*s%g %% interval ", MARGIN * 2, "", 100 * level);
            if (isnan(e->low) && isnan(e->high)) {
                buf_add_cstr(out, "does not exist");
            } else {
                add_number(out, e->low);
                buf_add_cstr(out, " to ");
                add_number(out, e->high);
            }
            buf_add_format(out, ", %s", e->interval);
        }
        buf_add_char(out, '\n');
    }
}

/* ---- Tables ---- */

static unsigned cell_width(const struct stats_table_column *column, uint32_t row) {
    char text[NUMBER_MAX];
    if (column->is_text) {
        return words_columns(column->texts[row]);
    }
    number_text(column->numbers[row], column->places, text);
    return (unsigned)strlen(text);
}

static unsigned column_width(const struct stats_table_column *column, uint32_t rows) {
    unsigned width = words_columns(str_from(column->name));
    for (uint32_t r = 0; r < rows; r++) {
        unsigned cell = cell_width(column, r);
        width = cell > width ? cell : width;
    }
    return width;
}

static void add_right(struct buf *out, const char *text, unsigned width) {
    unsigned columns = words_columns(str_from(text));
    buf_add_repeat(out, ' ', width > columns ? width - columns : 0);
    buf_add_cstr(out, text);
}

/* Columns [from, to) of a table; the first column is repeated when it does not fit at once. */
static void show_columns(const struct stats_table *table, const unsigned *widths, uint32_t from,
                         uint32_t to, struct buf *out) {
    for (uint32_t r = 0; r <= table->rows; r++) {
        for (uint32_t i = from == 0 ? 0 : from - 1; i < to; i++) {
            uint32_t at = i < from ? 0 : i;
            const struct stats_table_column *column = &table->columns[at];
            unsigned width = widths[at];
            char text[NUMBER_MAX];
            buf_add_repeat(out, ' ', MARGIN);
            if (r == 0 && !column->is_text) {
                add_right(out, column->name, width);
            } else if (column->is_text) {
                words_cell(r == 0 ? str_from(column->name) : column->texts[r - 1], width, out);
            } else {
                number_text(column->numbers[r - 1], column->places, text);
                add_right(out, text, width);
            }
        }
        buf_add_char(out, '\n');
    }
}

/* As many columns at a time as fit. */
static void show_pieces(const struct stats_table *table, const unsigned *widths, unsigned width_max,
                        struct buf *out) {
    uint32_t from = 0;
    while (from < table->column_count) {
        unsigned width = from ? MARGIN + widths[0] : 0;
        uint32_t to = from;
        while (to < table->column_count &&
               (to == from || width + MARGIN + widths[to] <= width_max)) {
            width += MARGIN + widths[to];
            to++;
        }
        buf_add_cstr(out, from ? "\n" : "");
        show_columns(table, widths, from, to, out);
        from = to;
    }
}

static void show_table(const struct stats_view *view, const struct stats_table *table,
                       struct buf *out) {
    struct style s = style_of(view->colour);
    unsigned *widths = mem_new(table->column_count, sizeof *widths);
    if (!widths) {
        out->status = STATUS_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < table->column_count; i++) {
        widths[i] = column_width(&table->columns[i], table->rows);
    }
    buf_add_format(out, "\n%s%s%s\n", s.bold, table->title, s.plain);
    show_pieces(table, widths, view->width, out);
    mem_free(widths);
}

void report_stats_table(const struct stats_view *view, struct buf *out) {
    const struct stats_result *result = view->result;
    struct style s = style_of(view->colour);
    buf_add_format(out, "%s%s%s", s.bold, result->method->title, s.plain);
    if (result->n || result->missing) {
        buf_add_format(out, ", n = %llu", (unsigned long long)result->n);
    }
    if (result->missing) {
        buf_add_format(out, " (%llu row%s with a missing value left out)",
                       (unsigned long long)result->missing, result->missing == 1 ? "" : "s");
    }
    buf_add_char(out, '\n');
    if (result->refusal.len) {
        buf_add_cstr(out, "\nDoes not apply:\n");
        add_paragraph(out, result->refusal, MARGIN, view->width);
        return;
    }
    if (result->tests || result->estimates) {
        buf_add_char(out, '\n');
    }
    show_tests(view, out);
    show_estimates(view, out);
    for (const struct stats_table *t = result->tables; t; t = t->next) {
        show_table(view, t, out);
    }
    if (result->notes || result->warnings) {
        buf_add_char(out, '\n');
    }
    for (const struct stats_note *n = result->notes; n; n = n->next) {
        add_paragraph(out, n->words, MARGIN, view->width);
    }
    for (const struct stats_note *n = result->warnings; n; n = n->next) {
        buf_add_cstr(out, "Warning:\n");
        add_paragraph(out, n->words, MARGIN, view->width);
    }
}

/* ---- Methods ---- */

void report_stats_methods(bool colour, struct buf *out) {
    struct style s = style_of(colour);
    unsigned widest = 0;
    for (int i = 0; i < STATS_METHOD_COUNT; i++) {
        unsigned columns = words_columns(str_from(stats_methods[i].name));
        widest = columns > widest ? columns : widest;
    }
    buf_add_cstr(out, "Statistical methods, by the question they answer.\n");
    for (int q = 0; q < STATS_QUESTION_COUNT; q++) {
        buf_add_format(out, "\n%s%s%s\n", s.bold, stats_question_words((enum stats_question)q),
                       s.plain);
        for (int i = 0; i < STATS_METHOD_COUNT; i++) {
            if ((int)stats_methods[i].question == q) {
                buf_add_format(out, "%*s%-*s  %s\n", MARGIN, "", (int)widest, stats_methods[i].name,
                               stats_methods[i].title);
            }
        }
    }
    buf_add_cstr(out,
                 "\n`quell help stats METHOD` says what a method needs and shows an example.\n");
}

/* What an option is and takes, in lines beside its name. */
static void show_option(enum stats_option option, bool needed, unsigned width, struct buf *out) {
    const struct stats_option_info *info = &stats_option_infos[option];
    bool short_words = strlen(info->argument) <= 12;
    struct buf left;
    struct buf words;
    struct buf lines;
    buf_init(&left);
    buf_init(&words);
    buf_init(&lines);
    buf_add_format(&left, "%*s--%s %s", MARGIN, "", info->name,
                   short_words ? info->argument : "WORD");
    buf_add_format(&words, "%s%s", info->summary, needed ? " (needed)" : "");
    if (!short_words) {
        buf_add_format(&words, "\n%s", info->argument);
    }
    if (strcmp(info->default_r, info->default_sas) != 0) {
        buf_add_format(&words, "\ndefault: %s; with --compat sas: %s", info->default_r,
                       info->default_sas);
    } else if (info->default_r[0]) {
        buf_add_format(&words, "\ndefault: %s", info->default_r);
    }
    words_paragraph(buf_str(&words), OPTION_COLUMNS, width, "", "", &lines);
    words_cell(buf_str(&left), OPTION_COLUMNS, out);
    if (lines.len > OPTION_COLUMNS) {
        buf_add(out, (struct str){lines.at + OPTION_COLUMNS, lines.len - OPTION_COLUMNS});
    }
    if (buf_status(&left) || buf_status(&words) || buf_status(&lines)) {
        out->status = STATUS_NO_MEMORY;
    }
    buf_release(&left);
    buf_release(&words);
    buf_release(&lines);
}

void report_stats_method(const struct stats_method *method, unsigned width, struct buf *out) {
    static const char *const takes[] = {"DATA.csv", "COUNTS... | DATA.csv", "NUMBERS... | DATA.csv",
                                        ""};
    buf_add_format(out, "quell stats %s %s [options]\n%s\n\n", method->name, takes[method->takes],
                   method->title);
    add_paragraph(out, str_from(method->words), 0, width);
    buf_add_cstr(out, "\nSource:\n");
    add_paragraph(out, str_from(method->source), MARGIN, width);
    buf_add_cstr(out, "\nOptions:\n");
    for (int i = 0; i < STATS_OPTION_COUNT; i++) {
        uint64_t bit = UINT64_C(1) << i;
        uint64_t heeded = method->needs | method->may | method->options | STATS_BIT(COMPAT);
        if (heeded & bit) {
            bool needed = (method->needs & bit) && method->takes == STATS_TAKES_COLUMNS;
            show_option((enum stats_option)i, needed, width, out);
        }
    }
    buf_add_cstr(out, "\nExamples:\n");
    struct str rest = str_from(method->example);
    for (size_t start = 0, i = 0; i <= rest.len; i++) {
        if (i == rest.len || rest.at[i] == '\n') {
            buf_add_format(out, "  quell stats %.*s\n", (int)(i - start), rest.at + start);
            start = i + 1;
        }
    }
}
