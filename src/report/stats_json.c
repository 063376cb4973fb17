/* A statistical result, and the list of methods, for programs. */
#include "report/stats_report.h"

#include <stdio.h>
#include <stdlib.h>

void report_number_json(double x, struct buf *out) {
    char text[40];
    if (!isfinite(x)) {
        buf_add_cstr(out, "null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x) {
            break;
        }
    }
    buf_add_cstr(out, text);
}

static void add_member(struct buf *out, const char *name, double x) {
    buf_add_format(out, ",\"%s\":", name);
    report_number_json(x, out);
}

static void add_text_member(struct buf *out, const char *name, struct str text) {
    buf_add_format(out, ",\"%s\":", name);
    buf_add_json(out, text);
}

static void add_pair(struct buf *out, const char *name, double low, double high) {
    buf_add_format(out, ",\"%s\":[", name);
    report_number_json(low, out);
    buf_add_char(out, ',');
    report_number_json(high, out);
    buf_add_char(out, ']');
}

static const char *alternative_word(enum stats_alternative alternative) {
    static const char *const words[] = {"two-sided", "less", "greater"};
    return words[alternative];
}

static void add_options(const struct stats_view *view, struct buf *out) {
    const struct stats_method *method = view->result->method;
    bool sas = view->request->settings[STATS_COMPAT].given &&
               view->request->settings[STATS_COMPAT].choice == STATS_SAS;
    buf_add_cstr(out, ",\"options\":{");
    bool any = false;
    for (int i = 0; i < STATS_OPTION_COUNT; i++) {
        const struct stats_option_info *info = &stats_option_infos[i];
        const struct stats_setting *setting = &view->request->settings[i];
        const char *normal = sas ? info->default_sas : info->default_r;
        bool heeded = ((method->options | STATS_BIT(COMPAT)) >> i) & 1;
        struct str text = setting->given ? setting->text : str_from(normal);
        if ((heeded || setting->given) && text.len) {
            buf_add_format(out, "%s\"%s\":", any ? "," : "", info->name);
            buf_add_json(out, text);
            any = true;
        }
    }
    buf_add_char(out, '}');
}

static void add_estimates(const struct stats_view *view, struct buf *out) {
    buf_add_cstr(out, ",\"estimates\":[");
    for (const struct stats_estimate *e = view->result->estimates; e; e = e->next) {
        buf_add_cstr(out, e == view->result->estimates ? "{\"term\":" : ",{\"term\":");
        buf_add_json(out, e->term);
        add_member(out, "value", e->value);
        add_member(out, "se", e->se);
        if (e->interval) {
            add_pair(out, "interval", e->low, e->high);
            add_text_member(out, "interval_method", str_from(e->interval));
        }
        add_member(out, "p", e->p);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_tests(const struct stats_view *view, struct buf *out) {
    buf_add_cstr(out, ",\"tests\":[");
    for (const struct stats_test *t = view->result->tests; t; t = t->next) {
        buf_add_cstr(out, t == view->result->tests ? "{\"name\":" : ",{\"name\":");
        buf_add_json(out, str_from(t->name));
        if (t->statistic) {
            add_text_member(out, "statistic", str_from(t->statistic));
            add_member(out, "value", t->value);
            add_member(out, "df", t->df);
            add_member(out, "df2", t->df2);
        }
        add_member(out, "p", t->p);
        add_text_member(out, "alternative", str_from(alternative_word(t->alternative)));
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_cell(const struct stats_table_column *column, uint32_t row, struct buf *out) {
    if (column->is_text) {
        buf_add_json(out, column->texts[row]);
    } else {
        report_number_json(column->numbers[row], out);
    }
}

static void add_table(const struct stats_table *table, struct buf *out) {
    buf_add_cstr(out, "{\"title\":");
    buf_add_json(out, str_from(table->title));
    buf_add_cstr(out, ",\"columns\":[");
    for (uint32_t c = 0; c < table->column_count; c++) {
        buf_add_cstr(out, c ? "," : "");
        buf_add_json(out, str_from(table->columns[c].name));
    }
    buf_add_cstr(out, "],\"rows\":[");
    for (uint32_t r = 0; r < table->rows; r++) {
        buf_add_cstr(out, r ? ",[" : "[");
        for (uint32_t c = 0; c < table->column_count; c++) {
            buf_add_cstr(out, c ? "," : "");
            add_cell(&table->columns[c], r, out);
        }
        buf_add_char(out, ']');
    }
    buf_add_cstr(out, "]}");
}

static void add_notes(const char *name, const struct stats_note *notes, struct buf *out) {
    buf_add_format(out, ",\"%s\":[", name);
    for (const struct stats_note *n = notes; n; n = n->next) {
        buf_add_cstr(out, n == notes ? "" : ",");
        buf_add_json(out, n->words);
    }
    buf_add_char(out, ']');
}

/* The first estimate and the first p value stand at the top too: for most methods they are the
 * answer. */
static void add_headline(const struct stats_result *result, struct buf *out) {
    const struct stats_estimate *e = result->estimates;
    add_member(out, "estimate", e ? e->value : NAN);
    add_pair(out, "interval", e ? e->low : NAN, e ? e->high : NAN);
    add_member(out, "p", result->tests ? result->tests->p : e ? e->p : NAN);
}

void report_stats_json(const struct stats_view *view, struct buf *out) {
    const struct stats_result *result = view->result;
    buf_add_cstr(out, "{\"format\":1");
    add_text_member(out, "method", str_from(result->method->name));
    add_text_member(out, "title", str_from(result->method->title));
    add_text_member(out, "quell", view->version);
    add_options(view, out);
    buf_add_format(out, ",\"n\":%llu,\"missing\":%llu", (unsigned long long)result->n,
                   (unsigned long long)result->missing);
    if (result->refusal.len) {
        add_text_member(out, "refusal", result->refusal);
    } else {
        add_headline(result, out);
        add_estimates(view, out);
        add_tests(view, out);
        buf_add_cstr(out, ",\"tables\":[");
        for (const struct stats_table *t = result->tables; t; t = t->next) {
            buf_add_cstr(out, t == result->tables ? "" : ",");
            add_table(t, out);
        }
        buf_add_char(out, ']');
        add_notes("notes", result->notes, out);
        add_notes("warnings", result->warnings, out);
    }
    buf_add_cstr(out, "}\n");
}

/* ---- CSV ---- */

static void add_csv_number(struct buf *out, double x) {
    buf_add_char(out, ',');
    if (!isnan(x)) {
        if (isinf(x)) {
            buf_add_cstr(out, x > 0 ? "inf" : "-inf");
        } else {
            report_number_json(x, out);
        }
    }
}

static void add_csv_table(const struct stats_table *table, struct buf *out) {
    buf_add_char(out, '\n');
    for (uint32_t r = 0; r <= table->rows; r++) {
        for (uint32_t c = 0; c < table->column_count; c++) {
            const struct stats_table_column *column = &table->columns[c];
            buf_add_cstr(out, c ? "," : "");
            if (r == 0) {
                buf_add_csv(out, str_from(column->name));
            } else if (column->is_text) {
                buf_add_csv(out, column->texts[r - 1]);
            } else if (!isnan(column->numbers[r - 1])) {
                report_number_json(column->numbers[r - 1], out);
            }
        }
        buf_add_char(out, '\n');
    }
}

void report_stats_csv(const struct stats_view *view, struct buf *out) {
    const struct stats_result *result = view->result;
    buf_add_cstr(out, "kind,name,interval,value,se,low,high,df,df2,p\n");
    if (result->refusal.len) {
        buf_add_cstr(out, "refusal,");
        buf_add_csv(out, result->refusal);
        buf_add_cstr(out, ",,,,,,,,\n");
        return;
    }
    for (const struct stats_test *t = result->tests; t; t = t->next) {
        buf_add_cstr(out, "test,");
        buf_add_csv(out, str_from(t->name));
        buf_add_char(out, ',');
        const double cells[] = {t->statistic ? t->value : NAN, NAN, NAN, NAN, t->df, t->df2, t->p};
        for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
            add_csv_number(out, cells[i]);
        }
        buf_add_char(out, '\n');
    }
    for (const struct stats_estimate *e = result->estimates; e; e = e->next) {
        buf_add_cstr(out, "estimate,");
        buf_add_csv(out, e->term);
        buf_add_char(out, ',');
        buf_add_csv(out, str_from(e->interval));
        const double cells[] = {e->value, e->se, e->low, e->high, NAN, NAN, e->p};
        for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
            add_csv_number(out, cells[i]);
        }
        buf_add_char(out, '\n');
    }
    for (const struct stats_table *t = result->tables; t; t = t->next) {
        add_csv_table(t, out);
    }
}

/* ---- Methods ---- */

static void add_option(enum stats_option option, uint64_t needs, bool first, struct buf *out) {
    const struct stats_option_info *info = &stats_option_infos[option];
    buf_add_cstr(out, first ? "{\"name\":" : ",{\"name\":");
    buf_add_json(out, str_from(info->name));
    add_text_member(out, "argument", str_from(info->argument));
    add_text_member(out, "summary", str_from(info->summary));
    add_text_member(out, "default", str_from(info->default_r));
    add_text_member(out, "default_sas", str_from(info->default_sas));
    buf_add_format(out, ",\"needed\":%s}", (needs >> option) & 1 ? "true" : "false");
}

void report_stats_methods_json(struct buf *out) {
    static const char *const takes[] = {"columns", "counts", "numbers", "options"};
    buf_add_cstr(out, "[");
    for (int i = 0; i < STATS_METHOD_COUNT; i++) {
        const struct stats_method *m = &stats_methods[i];
        buf_add_cstr(out, i ? ",\n{\"method\":" : "{\"method\":");
        buf_add_json(out, str_from(m->name));
        add_text_member(out, "question", str_from(stats_question_words(m->question)));
        add_text_member(out, "title", str_from(m->title));
        add_text_member(out, "takes", str_from(takes[m->takes]));
        add_text_member(out, "words", str_from(m->words));
        add_text_member(out, "source", str_from(m->source));
        add_text_member(out, "examples", str_from(m->example));
        buf_add_cstr(out, ",\"options\":[");
        uint64_t heeded = m->needs | m->may | m->options | STATS_BIT(COMPAT);
        bool first = true;
        for (int o = 0; o < STATS_OPTION_COUNT; o++) {
            if ((heeded >> o) & 1) {
                add_option((enum stats_option)o, m->needs, first, out);
                first = false;
            }
        }
        buf_add_cstr(out, "]}");
    }
    buf_add_cstr(out, "]\n");
}
