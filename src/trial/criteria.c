/* Eligibility as one array, a group before its items. */
#include "base/limits.h"
#include "trial/trial_internal.h"

struct layout {
    struct trial_build *build;
    struct criterion *criteria;
    uint32_t count;
    bool exclude;
};

static uint32_t count_items(const struct trial_criterion_list *list, int depth);

static uint32_t count_group(const struct trial_group *group, int depth) {
    return group && depth < LIMIT_JSON_DEPTH ? count_items(&group->items, depth + 1) : 0;
}

static uint32_t count_items(const struct trial_criterion_list *list, int depth) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        count += 1 + count_group(list->items[i].any_of, depth) +
                 count_group(list->items[i].all_of, depth);
    }
    return count;
}

static struct str first_given(struct str a, struct str b, struct str c) {
    return a.len ? a : b.len ? b : c;
}

static void lay_out(struct layout *layout, const struct trial_criterion_list *list,
                    uint16_t parent);

static bool given(const struct trial_text *text) {
    return trial_given(text->place);
}

static void check_group_item(const struct layout *layout, const struct trial_criterion *item) {
    struct diag_list *diags = layout->build->diags;
    if ((item->any_of && item->all_of) || given(&item->id) || given(&item->text) ||
        trial_given(item->define.place) || trial_given(item->by.place)) {
        struct diagnostic *d =
            diag_at(diags, DIAG_TR0108, item->span, "this is both a criterion and a group");
        diag_hint(diags, d, "put id and text of a group inside any_of or all_of");
    }
}

static void add_group(struct layout *layout, const struct trial_criterion *item, uint16_t parent) {
    check_group_item(layout, item);
    const struct trial_group *group = item->any_of ? item->any_of : item->all_of;
    uint32_t at = layout->count++;
    layout->criteria[at] = (struct criterion){
        .id = group->id.text,
        .title = first_given(group->title.text, group->text.text, group->id.text),
        .text = group->text.text,
        .kind = item->any_of ? CRITERION_ANY_OF : CRITERION_ALL_OF,
        .exclude = layout->exclude,
        .parent = parent,
        .mark = group->mark.status != MARK_STATED ? group->mark : item->mark,
        .span = group->span,
    };
    if (!group->items.count) {
        (void)diag_at(layout->build->diags, DIAG_TR0116, group->span, "this group has no items");
    }
    lay_out(layout, &group->items, (uint16_t)at);
    layout->criteria[at].end = (uint16_t)layout->count;
}

static void check_leaf(const struct layout *layout, const struct trial_criterion *item) {
    struct diag_list *diags = layout->build->diags;
    if (!given(&item->id)) {
        struct diagnostic *d = diag_at(diags, DIAG_TR0101, item->span, "this criterion has no id");
        diag_hint(diags, d, "add 'id:', such as %s", layout->exclude ? "E1" : "I1");
    }
    if (!given(&item->text)) {
        struct diagnostic *d =
            diag_at(diags, DIAG_TR0101, item->span, "this criterion has no text");
        diag_hint(diags, d, "add 'text:' with the source's own words");
    }
    if (!trial_given(item->define.place) && item->by.value != BY_HUMAN) {
        struct diagnostic *d =
            diag_at(diags, DIAG_TR0109, item->span, "nobody can answer criterion '%.*s'",
                    STR_ARG(item->id.text));
        diag_hint(diags, d, "add 'define:' with a definition of the logic, or 'by: human'");
    }
}

static void add_leaf(struct layout *layout, const struct trial_criterion *item, uint16_t parent) {
    check_leaf(layout, item);
    uint32_t at = layout->count++;
    layout->criteria[at] = (struct criterion){
        .id = item->id.text,
        .title = first_given(item->title.text, item->define.name, item->text.text),
        .text = item->text.text,
        .kind = CRITERION_LEAF,
        .exclude = layout->exclude,
        .human = item->by.value == BY_HUMAN,
        .if_silent = (enum trial_silence)item->if_silent.value,
        .parent = parent,
        .end = (uint16_t)(at + 1),
        .then = item->then.text,
        .mark = item->mark,
        .span = item->span,
    };
}

/* Depth is bounded by the reader. */
static void lay_out(struct layout *layout, const struct trial_criterion_list *list,
                    uint16_t parent) {
    for (uint32_t i = 0; i < list->count; i++) {
        const struct trial_criterion *item = &list->items[i];
        if (item->any_of || item->all_of) {
            add_group(layout, item, parent);
        } else {
            add_leaf(layout, item, parent);
        }
    }
}

enum status trial_lay_out_criteria(struct trial_build *build) {
    const struct trial_eligibility *eligibility = build->document->eligibility;
    if (!eligibility) {
        return STATUS_OK;
    }
    uint32_t count = count_items(&eligibility->include, 0) + count_items(&eligibility->exclude, 0);
    if (count > LIMIT_CRITERIA) {
        (void)diag_at(build->diags, DIAG_TR0119, eligibility->span,
                      "%u criteria; at most %d are read", count, LIMIT_CRITERIA);
        return STATUS_OK;
    }
    if (!eligibility->include.count) {
        (void)diag_at(build->diags, DIAG_TR0116, eligibility->span,
                      "there is no inclusion criterion");
    }
    struct layout layout = {.build = build,
                            .criteria = ARENA_ARRAY(build->arena, count + 1, struct criterion)};
    if (!layout.criteria) {
        return STATUS_NO_MEMORY;
    }
    lay_out(&layout, &eligibility->include, CRITERION_NONE);
    layout.exclude = true;
    lay_out(&layout, &eligibility->exclude, CRITERION_NONE);
    build->trial->criteria = layout.criteria;
    build->trial->criterion_count = layout.count;
    return STATUS_OK;
}
