#include "value/value.h"

const char *value_kind_name(enum value_kind kind) {
    static const char *const names[] = {
        [VALUE_NULL] = "null",         [VALUE_BOOLEAN] = "Boolean",
        [VALUE_INTEGER] = "Integer",   [VALUE_LONG] = "Long",
        [VALUE_DECIMAL] = "Decimal",   [VALUE_STRING] = "String",
        [VALUE_DATE] = "Date",         [VALUE_DATETIME] = "DateTime",
        [VALUE_TIME] = "Time",         [VALUE_QUANTITY] = "Quantity",
        [VALUE_RATIO] = "Ratio",       [VALUE_CODE] = "Code",
        [VALUE_CONCEPT] = "Concept",   [VALUE_VOCABULARY] = "Vocabulary",
        [VALUE_INTERVAL] = "Interval", [VALUE_UNCERTAINTY] = "uncertain number",
        [VALUE_LIST] = "List",         [VALUE_TUPLE] = "Tuple",
        [VALUE_INSTANCE] = "instance", [VALUE_ELEMENT] = "element",
    };
    return names[kind];
}
