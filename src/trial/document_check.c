/* What can be wrong in trial.yaml beyond the form of its keys, as far as the logic is not needed.
 */
#include "base/map.h"
#include "trial/document_walk.h"
#include "trial/trial_internal.h"

#include <assert.h>

/* ---- Ids ---- */

struct ids {
    struct trial_build *build;
    struct map seen; /* class and id: the index in `places` */
    uint32_t count;
    uint32_t room;
    struct span *places;
    enum status status;
};

/* Criteria and groups share their ids; other objects have ids of their own. */
static enum schema_object_id id_class(enum schema_object_id object) {
    return object == SCHEMA_OBJECT_group ? SCHEMA_OBJECT_criterion : object;
}

/* Levels are unique within their treatment only: regimen_check.c. */
static const struct trial_text *id_of(enum schema_object_id object, const void *at) {
    return object == SCHEMA_OBJECT_level_of_dose ? NULL : document_text(object, at, "id");
}

static void count_id(void *context, enum schema_object_id object, void *at) {
    struct ids *ids = context;
    const struct trial_text *id = id_of(object, at);
    ids->room += id && trial_given(id->place);
}

static void check_id(void *context, enum schema_object_id object, void *at) {
    struct ids *ids = context;
    const struct trial_text *id = id_of(object, at);
    if (ids->status != STATUS_OK || !id || !trial_given(id->place)) {
        return;
    }
    struct str key =
        arena_format(ids->build->arena, "%d:%.*s", (int)id_class(object), STR_ARG(id->text));
    uint32_t number = ids->count;
    bool added = false;
    ids->status = key.at ? map_add(&ids->seen, key, &number, &added) : STATUS_NO_MEMORY;
    if (ids->status != STATUS_OK) {
        return;
    }
    if (added) {
        assert(ids->count < ids->room);
        ids->places[ids->count++] = id->place.span;
        return;
    }
    struct span first = ids->places[number];
    struct diagnostic *d = diag_at(ids->build->diags, DIAG_TR0105, id->place.span,
                                   "the id '%.*s' is used twice", STR_ARG(id->text));
    diag_note(ids->build->diags, d, "it was first given in line %u",
              (unsigned)diag_locate(first.source, first.start).line);
}

static enum status check_ids(struct trial_build *build) {
    struct ids ids = {.build = build};
    map_init(&ids.seen);
    document_walk(build->document, &(struct document_visitor){&ids, count_id, NULL});
    ids.places = ARENA_ARRAY(build->arena, ids.room + 1, struct span);
    if (!ids.places) {
        return STATUS_NO_MEMORY;
    }
    document_walk(build->document, &(struct document_visitor){&ids, check_id, NULL});
    map_release(&ids.seen);
    return ids.status;
}

/* ---- Paths ---- */

static void check_path(void *context, const struct schema_key *key, void *object, void *member) {
    (void)object;
    struct trial_build *build = context;
    if (key->kind != SCHEMA_FILE) {
        return;
    }
    const struct trial_text *path = member;
    bool leaves = path->text.len && path->text.at[0] == '/';
    for (size_t i = 0; i + 1 < path->text.len; i++) {
        bool starts = i == 0 || path->text.at[i - 1] == '/';
        bool ends = i + 2 == path->text.len || path->text.at[i + 2] == '/';
        leaves |= starts && ends && path->text.at[i] == '.' && path->text.at[i + 1] == '.';
    }
    if (leaves) {
        (void)diag_at(build->diags, DIAG_TR0118, path->place.span,
                      "'%.*s' lies outside of the trial's folder", STR_ARG(path->text));
    }
}

/* ---- Arms ---- */

static void check_replaces(struct trial_build *build, const struct trial_arm *arm) {
    for (uint32_t i = 0; i < arm->treatments.count; i++) {
        const struct trial_text *replaces = &arm->treatments.items[i].replaces;
        bool found = !trial_given(replaces->place);
        for (uint32_t k = 0; k < arm->treatments.count && !found; k++) {
            found = k != i && str_equal(replaces->text, arm->treatments.items[k].id.text);
        }
        if (!found) {
            struct diagnostic *d = diag_at(build->diags, DIAG_TR0114, replaces->place.span,
                                           "no other treatment of arm '%.*s' is called '%.*s'",
                                           STR_ARG(arm->id.text), STR_ARG(replaces->text));
            diag_hint(build->diags, d, "replaces names the id of a treatment of the same arm");
        }
    }
}

static void rule_lacks(struct trial_build *build, const struct trial_rule *rule, const char *what,
                       const char *hint) {
    struct diagnostic *d = diag_at(build->diags, DIAG_TR0115, rule->span, "%s", what);
    diag_hint(build->diags, d, "%s", hint);
}

static void check_rule(struct trial_build *build, const struct trial_rule *rule) {
    bool hold = trial_given(rule->hold.place);
    int actions = hold + trial_given(rule->stop.place) + trial_given(rule->change.place) +
                  trial_given(rule->propose.place) + trial_given(rule->reduce.place) +
                  trial_given(rule->switch_when.place);
    if (actions != 1) {
        rule_lacks(build, rule,
                   actions ? "this rule does several things" : "this rule does nothing",
                   "give exactly one of hold, stop, reduce, change, switch and propose");
    } else if (hold && !trial_given(rule->until.place)) {
        rule_lacks(build, rule, "nothing lifts this hold",
                   "add 'until:' with the definition that lifts it");
    } else if (hold && (!trial_given(rule->within.place) || !trial_given(rule->otherwise.place))) {
        rule_lacks(build, rule, "this hold may last for ever",
                   "add 'within:' with a time and 'else:' with stop, ask or resume");
    } else if (trial_given(rule->change.place) && !trial_given(rule->to.place)) {
        rule_lacks(build, rule, "this change has no new dose", "add 'to:' with the dose");
    } else if (trial_given(rule->switch_when.place) && !trial_given(rule->to_treatment.place)) {
        rule_lacks(build, rule, "this switch leads nowhere",
                   "add 'to_treatment:' with the id of the treatment that begins");
    } else if (trial_given(rule->propose.place) && !trial_given(rule->action.place)) {
        rule_lacks(build, rule, "this proposal says nothing",
                   "add 'action:' with what is proposed");
    }
}

static void check_arms(struct trial_build *build) {
    const struct trial_arm_list *arms = &build->document->arms;
    for (uint32_t i = 0; i < arms->count; i++) {
        check_replaces(build, &arms->items[i]);
        for (uint32_t k = 0; k < arms->items[i].rules.count; k++) {
            check_rule(build, &arms->items[i].rules.items[k]);
        }
    }
    const struct trial_allocation *allocation = build->document->allocation;
    if (allocation && allocation->ratio.count && allocation->ratio.count != arms->count) {
        (void)diag_at(build->diags, DIAG_TR0117, allocation->ratio.place.span,
                      "the ratio has %u numbers and the trial has %u arms", allocation->ratio.count,
                      arms->count);
    }
}

static void check_reference_arms(struct trial_build *build) {
    const struct trial_document *document = build->document;
    for (uint32_t i = 0; i < document->endpoints.count; i++) {
        const struct trial_endpoint_analysis *analysis = document->endpoints.items[i].analysis;
        if (!analysis || !trial_given(analysis->reference_arm.place)) {
            continue;
        }
        bool found = false;
        for (uint32_t k = 0; k < document->arms.count; k++) {
            found |= str_equal(analysis->reference_arm.text, document->arms.items[k].id.text);
        }
        if (!found) {
            (void)diag_at(build->diags, DIAG_TR0114, analysis->reference_arm.place.span,
                          "no arm is called '%.*s'", STR_ARG(analysis->reference_arm.text));
        }
    }
}

enum status trial_check_document(struct trial_build *build) {
    enum status status = check_ids(build);
    document_walk(build->document, &(struct document_visitor){build, NULL, check_path});
    check_arms(build);
    check_reference_arms(build);
    trial_check_visits(build);
    return status;
}
