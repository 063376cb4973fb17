#include "trial/doubt_internal.h"

#include "value/ucum.h"

#include <stdio.h>

static const struct {
    enum diag_id id;
    const char *message;
    const char *hint;
} words[] = {
    [FLOW_ALWAYS_NULL] = {DIAG_CQ0530, "this is always null, because an operand is",
                          "`is null` asks whether a value is absent; nothing equals null"},
    [FLOW_ALWAYS_TRUE] = {DIAG_CQ0531, "this is always true", NULL},
    [FLOW_ALWAYS_FALSE] = {DIAG_CQ0531, "this is never true", NULL},
    [FLOW_NEVER_REACHED] = {DIAG_CQ0532, "this is never reached",
                            "the conditions before it are always or never true"},
    [FLOW_NEVER_EQUAL] = {DIAG_CQ0532, "this `when` is never chosen: nothing equals null",
                          "write `case when ... is null then ...`"},
    [FLOW_NO_CODES] = {DIAG_CQ0541, "no record has one of no codes: this finds nothing", NULL},
    [FLOW_UNITS] = {DIAG_CQ0533, "these units do not convert into each other", NULL},
    [FLOW_NO_TIME] = {DIAG_CQ0533, "what is added to a date is no length of time",
                      "write calendar words: 3 years, 1 month, 14 days"},
};

static const char *unit_words(const struct unit *unit, char storage[64]) {
    if (!unit || unit_is_one(unit)) {
        return "a number without a unit";
    }
    (void)snprintf(storage, 64, "'%.*s'", STR_ARG(unit_text(unit)));
    return storage;
}

static void say(void *context, const struct flow_doubted *doubted) {
    struct diag_list *diags = context;
    enum flow_doubt doubt = doubted->doubt;
    char a[64], b[64];
    struct diagnostic *d =
        diag_at(diags, words[doubt].id, doubted->expr->span, "%s", words[doubt].message);
    if (doubt == FLOW_UNITS) {
        diag_note(diags, d, "they are %s and %s", unit_words(doubted->units[0], a),
                  unit_words(doubted->units[1], b));
    } else if (doubt == FLOW_NO_TIME) {
        diag_note(diags, d, "it is %s", unit_words(doubted->units[0], a));
    }
    if (words[doubt].hint) {
        diag_hint(diags, d, "%s", words[doubt].hint);
    }
}

static void ignore(void *context, const struct flow_finding *finding) {
    (void)context;
    (void)finding;
}

static enum status check_flow(const struct program *program, struct arena *arena,
                              struct diag_list *diags) {
    const struct flow_input input = {
        .program = program,
        .arena = arena,
        .parameters_vary = true,
        .report = ignore,
        .doubt = say,
        .context = diags,
    };
    struct flow *flow = NULL;
    enum status status = flow_new(&input, &flow);
    for (const struct definition *d = program->main->definitions; d && status == STATUS_OK;
         d = d->next) {
        struct flow_value value;
        status = flow_definition(flow, d, &value);
    }
    for (const struct function *f = program->main->functions; f && status == STATUS_OK;
         f = f->next) {
        if (f->body) {
            status = flow_function(flow, f);
        }
    }
    return status;
}

static const struct {
    const char *name;
    const char *url;
    const char *others;
} systems[] = {
#define SYSTEM(name, url, others) {name, url, others},
#include "trial/code_system.def"
#undef SYSTEM
};

static bool is_among(const char *words_, struct str wanted) {
    while (*words_) {
        size_t size = strcspn(words_, " ");
        if (str_equal((struct str){words_, size}, wanted)) {
            return true;
        }
        words_ += size + (words_[size] == ' ');
    }
    return false;
}

/* The same but for https, a slash at the end, or capitals. */
static bool is_nearly(struct str url, struct str known) {
    struct str http = STR("http://"), https = STR("https://");
    url.len -= str_ends(url, STR("/")) ? 1 : 0;
    if (str_starts(url, https)) {
        struct str rest = {url.at + https.len, url.len - https.len};
        return str_equal_fold(rest, (struct str){known.at + http.len, known.len - http.len});
    }
    return str_equal_fold(url, known);
}

static void check_url(struct diag_list *diags, const struct vocabulary_decl *v) {
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        struct str known = str_from(systems[i].url);
        if (str_equal(v->value.id, known) ||
            (!is_nearly(v->value.id, known) && !is_among(systems[i].others, v->value.id))) {
            continue;
        }
        struct diagnostic *d =
            diag_at(diags, DIAG_CQ0542, v->span, "no record has the code system '%.*s'",
                    STR_ARG(v->value.id));
        diag_note(diags, d, "texts are compared letter by letter");
        diag_hint(diags, d, "in FHIR the url of %s is '%s'", systems[i].name, systems[i].url);
        return;
    }
}

enum status doubt_check(const struct program *program, const struct doubt_options *options,
                        struct arena *arena, struct diag_list *diags) {
    for (const struct vocabulary_decl *v = program->main->vocabularies; v; v = v->next) {
        if (!v->value.is_value_set) {
            check_url(diags, v);
        }
    }
    doubt_medication(program, diags);
    enum status status = check_flow(program, arena, diags);
    status = status == STATUS_OK ? doubt_unused(program, options, arena, diags) : status;
    diag_sort(diags);
    return status;
}
