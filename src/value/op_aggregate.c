/* Aggregates (CQL 1.5 reference, section 21). Nulls among the items are left out; of nothing, the
 * result is null unless it is a count. Quantities are counted in the unit of the first. */
#include "value/compare.h"
#include "value/decimal.h"
#include "value/op_support.h"
#include "value/rational.h"
#include "value/ucum.h"

/* The items that are not null. */
struct items {
    const struct value *at;
    uint32_t count;
};

static enum op_result gather(struct op_context *cx, const struct value *list, struct items *out) {
    *out = (struct items){NULL, 0};
    if (value_is_null(list) || list->list->count == 0) {
        return OP_OK;
    }
    struct value *at = ARENA_ARRAY(cx->arena, list->list->count, struct value);
    if (!at) {
        return OP_NO_MEMORY;
    }
    for (uint32_t i = 0; i < list->list->count; i++) {
        if (!value_is_null(&list->list->items[i])) {
            at[out->count++] = list->list->items[i];
        }
    }
    out->at = at;
    return OP_OK;
}

/* False for null; else the wanted Boolean is among the items. */
static bool has_boolean(const struct value *list, bool wanted) {
    if (value_is_null(list)) {
        return false;
    }
    for (uint32_t i = 0; i < list->list->count; i++) {
        const struct value *item = &list->list->items[i];
        if (!value_is_null(item) && item->boolean == wanted) {
            return true;
        }
    }
    return false;
}

enum op_result op_all_true(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    return op_boolean(!has_boolean(&args[0], false), out);
}

enum op_result op_any_true(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    return op_boolean(has_boolean(&args[0], true), out);
}

enum op_result op_count(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    int32_t count = 0;
    for (uint32_t i = 0; !value_is_null(&args[0]) && i < args[0].list->count; i++) {
        count += !value_is_null(&args[0].list->items[i]);
    }
    *out = value_integer(count);
    return OP_OK;
}

enum op_result op_mode(struct op_context *cx, const struct value *args, struct value *out) {
    struct items items;
    enum op_result result = gather(cx, &args[0], &items);
    if (result != OP_OK || items.count == 0) {
        return result == OP_OK ? op_null(cx, NULL_EMPTY, out) : result;
    }
    uint32_t most = 0;
    for (uint32_t i = 0; i < items.count && most < items.count - i; i++) {
        uint32_t same = 0;
        for (uint32_t j = i; j < items.count; j++) {
            same += value_equal(cx, &items.at[i], &items.at[j]) == LOGIC_TRUE;
        }
        if (same > most) {
            most = same;
            *out = items.at[i];
        }
    }
    return OP_OK;
}

/* Applies a binary operator from left to right. */
static enum op_result fold(struct op_context *cx, const struct value *list, op_function *operator,
                           struct value * out) {
    struct items items;
    enum op_result result = gather(cx, list, &items);
    if (result != OP_OK || items.count == 0) {
        return result == OP_OK ? op_null(cx, NULL_EMPTY, out) : result;
    }
    *out = items.at[0];
    for (uint32_t i = 1; result == OP_OK && !value_is_null(out) && i < items.count; i++) {
        const struct value pair[2] = {*out, items.at[i]};
        result = operator(cx, pair, out);
    }
    return result;
}

enum op_result op_sum(struct op_context *cx, const struct value *args, struct value *out) {
    return fold(cx, &args[0], op_add, out);
}

/* As the reference's example: 1 'mg', 2 'mg', 3 'mg' give 6 'mg'. */
static enum op_result multiply_values(struct op_context *cx, const struct value *args,
                                      struct value *out) {
    bool quantities = op_least(&args[0])->kind == VALUE_QUANTITY;
    if (!quantities) {
        return op_multiply(cx, args, out);
    }
    if (op_is_uncertain(&args[0]) || op_is_uncertain(&args[1])) {
        return op_null(cx, NULL_PRECISION, out);
    }
    struct quantity a = *args[0].quantity;
    const struct quantity *b = args[1].quantity;
    i128 value;
    enum unit_answer answer = unit_convert(b->unit, a.unit, b->value, &value);
    if (answer != UNIT_DONE || !decimal_multiply(a.value, value, &a.value)) {
        return op_null(cx, answer == UNIT_INCOMPATIBLE ? NULL_UNIT : NULL_RANGE, out);
    }
    return op_quantity(cx, &a, out);
}

enum op_result op_product(struct op_context *cx, const struct value *args, struct value *out) {
    return fold(cx, &args[0], multiply_values, out);
}

static enum op_result extreme(struct op_context *cx, const struct value *list, bool greatest,
                              struct value *out) {
    struct items items;
    enum op_result result = gather(cx, list, &items);
    if (result != OP_OK || items.count == 0) {
        return result == OP_OK ? op_null(cx, NULL_EMPTY, out) : result;
    }
    struct value best = items.at[0];
    for (uint32_t i = 1; i < items.count; i++) {
        enum logic better = greatest ? value_less(cx, &best, &items.at[i], PRECISION_NONE)
                                     : value_less(cx, &items.at[i], &best, PRECISION_NONE);
        if (better == LOGIC_UNKNOWN) {
            return op_null(cx, cx->reason, out);
        }
        best = better == LOGIC_TRUE ? items.at[i] : best;
    }
    *out = best;
    return OP_OK;
}

enum op_result op_max(struct op_context *cx, const struct value *args, struct value *out) {
    return extreme(cx, &args[0], true, out);
}

enum op_result op_min(struct op_context *cx, const struct value *args, struct value *out) {
    return extreme(cx, &args[0], false, out);
}

/* The items as numbers scaled by 10^8, in the unit of the first where they are quantities. */
struct numbers {
    i128 *at;
    uint32_t count;
    const struct unit *unit; /* NULL: decimals */
};

/* Null in *out says that there is nothing to compute with, or that an item is uncertain. */
static enum op_result read_numbers(struct op_context *cx, const struct value *list,
                                   struct numbers *numbers, struct value *out) {
    struct items items;
    enum op_result result = gather(cx, list, &items);
    *out = value_null();
    *numbers = (struct numbers){.count = items.count};
    if (result != OP_OK || items.count == 0) {
        cx->reason = NULL_EMPTY;
        return result;
    }
    numbers->at = ARENA_ARRAY(cx->arena, items.count, i128);
    if (!numbers->at) {
        return OP_NO_MEMORY;
    }
    const struct value *first = op_least(&items.at[0]);
    numbers->unit = first->kind == VALUE_QUANTITY ? first->quantity->unit : NULL;
    for (uint32_t i = 0; i < items.count; i++) {
        const struct value *item = &items.at[i];
        if (op_is_uncertain(item)) {
            return op_null(cx, NULL_PRECISION, out);
        }
        if (!numbers->unit) {
            numbers->at[i] = item->decimal;
            continue;
        }
        enum unit_answer answer = unit_convert(item->quantity->unit, numbers->unit,
                                               item->quantity->value, &numbers->at[i]);
        if (answer != UNIT_DONE) {
            return op_null(cx, answer == UNIT_INCOMPATIBLE ? NULL_UNIT : NULL_RANGE, out);
        }
    }
    *out = value_boolean(true);
    return OP_OK;
}

/* A statistic of numbers that are there; false when it is not defined or leaves the range, with
 * cx->reason. */
typedef bool statistic(struct op_context *cx, struct numbers *numbers, i128 *out);

static enum op_result compute(struct op_context *cx, const struct value *list, statistic *f,
                              struct value *out) {
    struct numbers numbers;
    enum op_result result = read_numbers(cx, list, &numbers, out);
    if (result != OP_OK || value_is_null(out)) {
        return result;
    }
    i128 value;
    cx->reason = NULL_RANGE;
    if (!f(cx, &numbers, &value)) {
        return op_null(cx, cx->reason, out);
    }
    uint8_t scale = decimal_scale_needed(value);
    scale = scale == 0 ? 1 : scale;
    if (numbers.unit) {
        return op_quantity(cx, &(struct quantity){value, scale, numbers.unit}, out);
    }
    *out = value_decimal(value, scale);
    return OP_OK;
}

/* sum / by, in 10^-8, rounded once. */
static bool mean_of(const i128 *at, uint32_t count, uint32_t by, i128 *out) {
    struct rational sum, item, divisor;
    rational_set(&sum, 0, 1);
    rational_set(&divisor, by, 1);
    for (uint32_t i = 0; i < count; i++) {
        rational_from_decimal(&item, at[i]);
        natural_set(&item.under, 1);
        if (!rational_add(&sum, &item, &sum)) {
            return false;
        }
    }
    return natural_multiply(&sum.under, &(struct natural){1, {(uint32_t)DECIMAL_ONE}},
                            &sum.under) &&
           rational_divide(&sum, &divisor, &sum) && rational_to_decimal(&sum, out);
}

static bool average(struct op_context *cx, struct numbers *numbers, i128 *out) {
    (void)cx;
    return mean_of(numbers->at, numbers->count, numbers->count, out);
}

enum op_result op_avg(struct op_context *cx, const struct value *args, struct value *out) {
    return compute(cx, &args[0], average, out);
}

/* Moves at[from] down until neither child is larger. */
static void sift(i128 *at, uint32_t from, uint32_t count) {
    while (2 * (uint64_t)from + 1 < count) {
        uint32_t child = 2 * from + 1;
        child += child + 1 < count && at[child + 1] > at[child];
        if (at[from] >= at[child]) {
            return;
        }
        i128 swap = at[from];
        at[from] = at[child];
        at[child] = swap;
        from = child;
    }
}

static void sort_numbers(i128 *at, uint32_t count) {
    for (uint32_t i = count / 2; i-- > 0;) {
        sift(at, i, count);
    }
    for (uint32_t last = count; last-- > 1;) {
        i128 swap = at[0];
        at[0] = at[last];
        at[last] = swap;
        sift(at, 0, last);
    }
}

static bool median(struct op_context *cx, struct numbers *numbers, i128 *out) {
    (void)cx;
    sort_numbers(numbers->at, numbers->count);
    uint32_t middle = numbers->count / 2;
    if (numbers->count % 2 == 1) {
        *out = numbers->at[middle];
        return true;
    }
    return mean_of(&numbers->at[middle - 1], 2, 2, out);
}

enum op_result op_median(struct op_context *cx, const struct value *args, struct value *out) {
    return compute(cx, &args[0], median, out);
}

/* (n sum x^2 - (sum x)^2) / (n d), exactly; d is n for a population, n - 1 for a sample. */
static bool exact_variance(struct op_context *cx, const struct numbers *numbers, bool population,
                           struct rational *out) {
    if (numbers->count == 1 && !population) {
        cx->reason = NULL_NOT_DEFINED;
        return false;
    }
    struct rational sum, squares, count;
    rational_set(&sum, 0, 1);
    rational_set(&squares, 0, 1);
    for (uint32_t i = 0; i < numbers->count; i++) {
        struct rational item, square;
        rational_from_decimal(&item, numbers->at[i]);
        natural_set(&item.under, 1);
        if (!rational_multiply(&item, &item, &square) || !rational_add(&sum, &item, &sum) ||
            !rational_add(&squares, &square, &squares)) {
            return false;
        }
    }
    rational_set(&count, numbers->count, 1);
    bool ok = rational_multiply(&squares, &count, out) && rational_multiply(&sum, &sum, &sum) &&
              rational_subtract(out, &sum, out);
    rational_set(&sum, (int64_t)numbers->count * (numbers->count - !population), 1);
    rational_set(&count, 10000000000000000, 1); /* both factors were scaled by 10^8 */
    return ok && rational_divide(out, &sum, out) && rational_divide(out, &count, out);
}

static bool variance(struct op_context *cx, struct numbers *numbers, i128 *out) {
    struct rational exact;
    return exact_variance(cx, numbers, false, &exact) && rational_to_decimal(&exact, out);
}

static bool population_variance(struct op_context *cx, struct numbers *numbers, i128 *out) {
    struct rational exact;
    return exact_variance(cx, numbers, true, &exact) && rational_to_decimal(&exact, out);
}

static bool deviation(struct op_context *cx, struct numbers *numbers, i128 *out) {
    struct rational exact;
    return exact_variance(cx, numbers, false, &exact) && rational_root(&exact, &exact) &&
           rational_to_decimal(&exact, out);
}

static bool population_deviation(struct op_context *cx, struct numbers *numbers, i128 *out) {
    struct rational exact;
    return exact_variance(cx, numbers, true, &exact) && rational_root(&exact, &exact) &&
           rational_to_decimal(&exact, out);
}

enum op_result op_variance(struct op_context *cx, const struct value *args, struct value *out) {
    return compute(cx, &args[0], variance, out);
}

enum op_result op_population_variance(struct op_context *cx, const struct value *args,
                                      struct value *out) {
    return compute(cx, &args[0], population_variance, out);
}

enum op_result op_std_dev(struct op_context *cx, const struct value *args, struct value *out) {
    return compute(cx, &args[0], deviation, out);
}

enum op_result op_population_std_dev(struct op_context *cx, const struct value *args,
                                     struct value *out) {
    return compute(cx, &args[0], population_deviation, out);
}

/* exp(mean of ln x): the product itself may leave any range. Negative numbers count in pairs. */
static bool geometric_mean(struct op_context *cx, struct numbers *numbers, i128 *out) {
    struct rational sum, item;
    bool negative = false, zero = false;
    rational_set(&sum, 0, 1);
    for (uint32_t i = 0; i < numbers->count; i++) {
        negative ^= numbers->at[i] < 0;
        zero |= numbers->at[i] == 0;
        rational_from_decimal(&item, numbers->at[i] < 0 ? -numbers->at[i] : numbers->at[i]);
        rational_reduce(&item);
        if (!zero && (!rational_ln(&item, &item) || !rational_add(&sum, &item, &sum))) {
            return false;
        }
    }
    if (zero) {
        *out = 0;
        return true;
    }
    if (negative) {
        cx->reason = NULL_NOT_DEFINED;
        return false;
    }
    rational_set(&item, numbers->count, 1);
    return rational_divide(&sum, &item, &sum) && rational_exp(&sum, &sum) &&
           rational_to_decimal(&sum, out);
}

enum op_result op_geometric_mean(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    return compute(cx, &args[0], geometric_mean, out);
}
