/* Inside of the walk: flow.c walks the tree, flow_operator.c knows the operators, flow_limit.c
 * compares with limits, flow_unit.c looks whether units fit. */
#ifndef QUELL_TRIAL_FLOW_INTERNAL_H
#define QUELL_TRIAL_FLOW_INTERNAL_H

#include "trial/flow.h"

enum { FLOW_DEPTH_MAX = 600, FLOW_STEPS_MAX = 400000, FLOW_LIMITS_MAX = 16 };

struct flow {
    struct flow_input input;
    bool no_memory;
    uint32_t depth;
    uint32_t steps;
    uint32_t quiet; /* inside of calls and of aggregates: what is seen holds there only */
    bool *is_known; /* by definition number */
    bool *is_busy;
    struct flow_value *known;
    uint32_t reported_count;
    uint32_t reported_room;
    struct span *reported;
};

/* Anything at all. */
struct flow_value flow_anything(void);
/* A value that is there, of which nothing more is known. */
struct flow_value flow_something(bool is_data);
/* Either of two. */
struct flow_value flow_join(struct flow *flow, struct flow_value a, struct flow_value b);
struct flow_value flow_operator(struct flow *flow, const struct expr *e, uint32_t count,
                                const struct flow_value *args);
void flow_say(const struct flow *flow, enum flow_doubt doubt, const struct expr *expr);
/* What units say of an operator, or of the bounds of an interval. */
void flow_units(const struct flow *flow, const struct expr *e, const struct flow_value *args);
/* Two values that are not null convert into each other, as far as their units are known. */
bool flow_may_convert(const struct flow_value *a, const struct flow_value *b);
void flow_doubt(const struct flow *flow, const struct flow_doubted *doubted);
/* Two values meet in a comparison. */
void flow_compare(struct flow *flow, const struct flow_value *a, const struct flow_value *b,
                  struct span span);
/* A retrieve found these. */
void flow_check_mixed(struct flow *flow, const struct analyte_set *set, struct span span);
bool flow_set_is_empty(const struct analyte_set *set);

#endif
