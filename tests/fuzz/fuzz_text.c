/* Any bytes as the text of a number, date, time or offset: what can be read prints to a text that
 * reads as the same. */
#include "fuzz_target.h"
#include "value/datetime.h"
#include "value/decimal.h"

#include <stdlib.h>

static void check_decimal(struct str text) {
    i128 value, again;
    uint8_t scale, scale_again;
    char shown[DECIMAL_TEXT_MAX];
    if (!decimal_parse(text, &value, &scale)) {
        return;
    }
    struct str printed = {shown, decimal_print(value, scale, shown)};
    if (!decimal_parse(printed, &again, &scale_again) || again != value ||
        scale_again != (scale ? scale : 1)) {
        abort();
    }
    struct str brief = {shown, decimal_print_short(value, scale, shown)};
    if (!decimal_parse(brief, &again, &scale_again) || again != value) {
        abort();
    }
}

static void check_rounded(struct str text) {
    i128 value, exact;
    uint8_t scale;
    bool read = decimal_parse_rounded(text, &value, &scale);
    if (decimal_parse(text, &exact, &scale) && (!read || exact != value)) {
        abort();
    }
    char shown[DECIMAL_TEXT_MAX];
    if (decimal_parse_json(text, &value, &scale)) {
        (void)decimal_print(value, scale, shown);
    }
}

static void check_datetime(struct str text, bool (*parse)(struct str, struct datetime *),
                           enum value_kind kind) {
    struct datetime value, again;
    char shown[DATETIME_TEXT_MAX];
    if (!parse(text, &value)) {
        return;
    }
    if (!datetime_is_valid(&value, kind)) {
        abort();
    }
    struct str printed = {shown, datetime_print(&value, kind, shown)};
    if (!parse(printed, &again) || again.precision != value.precision ||
        datetime_first_ms(&again, 0) != datetime_first_ms(&value, 0) ||
        datetime_last_ms(&again, 0) != datetime_last_ms(&value, 0)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size};
    int16_t offset;
    check_decimal(text);
    check_rounded(text);
    check_datetime(text, datetime_parse_date, VALUE_DATE);
    check_datetime(text, datetime_parse, VALUE_DATETIME);
    check_datetime(text, datetime_parse_time, VALUE_TIME);
    (void)datetime_parse_offset(text, &offset);
    return 0;
}
