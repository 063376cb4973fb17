/* AgeInYears() and its family: the age of the context's patient, or of somebody born at a given
 * date, now or at a given date (CQL 1.5 reference, clinical operators). */
#include "cql/check.h"

static const struct {
    const char *word;
    enum precision precision;
} units[] = {
    {"Years", PRECISION_YEAR},     {"Months", PRECISION_MONTH},
    {"Weeks", PRECISION_WEEK},     {"Days", PRECISION_DAY},
    {"Hours", PRECISION_HOUR},     {"Minutes", PRECISION_MINUTE},
    {"Seconds", PRECISION_SECOND}, {"Milliseconds", PRECISION_MILLISECOND},
};

struct age {
    bool calculate; /* the birth date is given */
    bool at;        /* the date is given */
    enum precision precision;
};

/* AgeIn<unit>[At], CalculateAgeIn<unit>[At] */
static bool read_name(struct str name, struct age *out) {
    struct str prefix = STR("CalculateAgeIn");
    out->calculate = str_starts(name, prefix);
    prefix = out->calculate ? prefix : STR("AgeIn");
    if (!str_starts(name, prefix)) {
        return false;
    }
    struct str rest = {name.at + prefix.len, name.len - prefix.len};
    out->at = str_ends(rest, STR("At"));
    rest.len -= out->at ? 2 : 0;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (str_equal(rest, str_from(units[i].word))) {
            out->precision = units[i].precision;
            return true;
        }
    }
    return false;
}

bool check_is_age(struct str name) {
    struct age age;
    return read_name(name, &age);
}

static struct expr *birth_date(struct checker *ck, const struct call *call) {
    struct symbol *patient = check_find_symbol(ck->frame->library, STR("Patient"));
    bool usable = patient && patient->kind == SYMBOL_DEFINITION && patient->definition->is_implicit;
    if (!usable || !str_equal(ck->frame->context, STR("Patient"))) {
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0163, call->span,
                    "`%.*s` needs a patient, and there is none here", STR_ARG(call->name));
        diag_hint(ck->diags, d, "put `using FHIR version '4.0.1'` and `context Patient` before it");
        return NULL;
    }
    struct expr *ref = check_symbol_ref(ck, patient, call->span);
    struct expr *date = ref ? check_property(ck, ref, STR("birthDate"), call->span) : NULL;
    return date ? check_convert_to(ck, date, ck->system[MODEL_DATE], "the birth date") : NULL;
}

struct expr *check_age(struct checker *ck, const struct call *call, bool *handled) {
    struct age age;
    *handled = read_name(call->name, &age);
    if (!*handled) {
        return NULL;
    }
    uint32_t wanted = (age.calculate ? 1u : 0u) + (age.at ? 1u : 0u);
    if (call->count != wanted) {
        diag_at(ck->diags, DIAG_CQ0112, call->span, "`%.*s` takes %u operand%s, not %u",
                STR_ARG(call->name), wanted, wanted == 1 ? "" : "s", call->count);
        return NULL;
    }
    struct expr *args[2];
    uint32_t count = 0;
    args[count++] = age.calculate ? call->args[0] : birth_date(ck, call);
    if (age.at) {
        args[count++] = call->args[wanted - 1];
    }
    if (args[0] && !age.calculate && age.precision > PRECISION_DAY) {
        args[0] = check_ensure(ck, args[0], ck->system[MODEL_DATETIME]);
    }
    struct str name = arena_copy(ck->arena, call->name);
    if (!name.at) {
        return check_no_memory(ck);
    }
    return check_operator(ck, age.at ? "CalculateAgeAt" : "CalculateAge", name.at, count, args,
                          age.precision, call->span);
}
