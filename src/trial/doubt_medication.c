/* A retrieve of medication records by their code sees only codes that stand in the record itself.
 * In FHIR R4 `medication[x]` may instead be a reference to a Medication, and CQL's retrieve has no
 * join: a program that never retrieves Medication misses what was ordered that way. */
#include "trial/doubt_internal.h"

#include "model/model.h"
#include "plan/visit.h"

enum { DEPTH_MAX = 2000 };

struct medications {
    const struct expr *by_code; /* the first */
    bool joined;                /* Medication is retrieved somewhere */
    uint32_t depth;
};

static bool visit(void *context, const struct expr *e) {
    struct medications *m = context;
    const struct retrieve *r = e->kind == EXPR_RETRIEVE ? e->retrieve : NULL;
    if (r) {
        m->joined = m->joined || str_equal(model_type(r->type)->name, STR("Medication"));
        bool by_code = r->codes && str_equal(r->code_path, STR("medication"));
        m->by_code = by_code && !m->by_code ? e : m->by_code;
    }
    if (m->depth >= DEPTH_MAX) {
        return true;
    }
    m->depth++;
    bool more = expr_each_part(e, visit, m);
    m->depth--;
    return more;
}

void doubt_medication(const struct program *program, struct diag_list *diags) {
    struct medications m = {.by_code = NULL};
    for (const struct library *l = program->main; l; l = l->next) {
        for (const struct definition *d = l->definitions; d; d = d->next) {
            (void)(d->body && visit(&m, d->body));
        }
        for (const struct function *f = l->functions; f; f = f->next) {
            (void)(f->body && visit(&m, f->body));
        }
    }
    if (!m.by_code || m.joined) {
        return;
    }
    struct str type = model_type(m.by_code->retrieve->type)->name;
    struct diagnostic *d =
        diag_at(diags, DIAG_CQ0543, m.by_code->span,
                "a %.*s that refers to its Medication is not found by its code", STR_ARG(type));
    diag_note(diags, d, "medication[x] is a CodeableConcept or a Reference(Medication)");
    diag_hint(
        diags, d,
        "look at those too: [%.*s] R with [Medication: ...] M such that R.medication.reference "
        "= 'Medication/' + M.id",
        STR_ARG(type));
}
