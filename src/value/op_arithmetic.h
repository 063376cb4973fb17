/* What the files of arithmetic share. */
#ifndef QUELL_VALUE_OP_ARITHMETIC_H
#define QUELL_VALUE_OP_ARITHMETIC_H

#include "value/operators.h"

/* An Integer, Long or Decimal, scaled by 10^8. */
i128 number_as_decimal(const struct value *v);
/* The decimal, or null for NULL_RANGE when it did not fit. */
enum op_result give_decimal(struct op_context *cx, bool fits, i128 n, uint8_t scale,
                            struct value *out);

/* Arithmetic on quantities (op_quantity.c). Null for NULL_UNIT when the units do not go together,
 * are not UCUM, or are on a special scale. Sums and remainders of unlike units are given in the
 * more granular one (CQL 1.5 author's guide, "Unit Conversion"). */
enum op_result quantity_add(struct op_context *cx, const struct quantity *a,
                            const struct quantity *b, int sign, struct value *out);
enum op_result quantity_multiply(struct op_context *cx, const struct quantity *a,
                                 const struct quantity *b, struct value *out);
enum op_result quantity_divide(struct op_context *cx, const struct quantity *a,
                               const struct quantity *b, struct value *out);
enum op_result quantity_modulo(struct op_context *cx, const struct quantity *a,
                               const struct quantity *b, struct value *out);
/* Between comparable units the result keeps the unit of the dividend, as the conformance suite has
 * it: 10.1 'cm' div -3.1 'cm' is -3.0 'cm'. Else it has the unit of the quotient. */
enum op_result quantity_truncated_divide(struct op_context *cx, const struct quantity *a,
                                         const struct quantity *b, struct value *out);

#endif
