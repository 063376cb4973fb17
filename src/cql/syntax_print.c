/* The tree back to CQL. Operands that are operators stand in parentheses, so that no precedence has
 * to be known here; so does a query anywhere but as a whole definition, for its clauses go on to
 * the right. */
#include "cql/lexer.h"
#include "cql/syntax.h"

static void print(const struct syntax *node, struct buf *out);
static void print_query(const struct syntax *node, struct buf *out);

static struct syntax *kid(const struct syntax *node, uint32_t i) {
    return i < node->count ? node->kids[i] : NULL;
}

static void add_escaped(struct buf *out, char quote, struct str text) {
    buf_add_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        switch (c) {
        case '\n':
            buf_add_cstr(out, "\\n");
            break;
        case '\r':
            buf_add_cstr(out, "\\r");
            break;
        case '\t':
            buf_add_cstr(out, "\\t");
            break;
        case '\f':
            buf_add_cstr(out, "\\f");
            break;
        default:
            if ((unsigned char)c < 0x20 || c == 0x7F) {
                buf_add_format(out, "\\u%04x", (unsigned char)c);
                break;
            }
            if (c == quote || c == '\\') {
                buf_add_char(out, '\\');
            }
            buf_add_char(out, c);
        }
    }
    buf_add_char(out, quote);
}

static const char *precision_word(const struct syntax *node) {
    static const char *const words[] = {"",     "year",   "month",  "week",       "day",
                                        "hour", "minute", "second", "millisecond"};
    return words[node->precision];
}

static void add_precision_of(const struct syntax *node, struct buf *out) {
    if (node->precision) {
        buf_add_format(out, "%s of ", precision_word(node));
    }
}

static const char *const operator_words[] = {
    [WORD_PLUS] = "+",
    [WORD_MINUS] = "-",
    [WORD_NOT] = "not ",
    [WORD_EXISTS] = "exists ",
    [WORD_DISTINCT] = "distinct ",
    [WORD_FLATTEN] = "flatten ",
    [WORD_START_OF] = "start of ",
    [WORD_END_OF] = "end of ",
    [WORD_WIDTH_OF] = "width of ",
    [WORD_SUCCESSOR_OF] = "successor of ",
    [WORD_PREDECESSOR_OF] = "predecessor of ",
    [WORD_SINGLETON_FROM] = "singleton from ",
    [WORD_POINT_FROM] = "point from ",
    [WORD_TIMES] = "*",
    [WORD_DIVIDE] = "/",
    [WORD_DIV] = "div",
    [WORD_MOD] = "mod",
    [WORD_POWER] = "^",
    [WORD_AMPERSAND] = "&",
    [WORD_EQUAL] = "=",
    [WORD_NOT_EQUAL] = "!=",
    [WORD_EQUIVALENT] = "~",
    [WORD_NOT_EQUIVALENT] = "!~",
    [WORD_LESS] = "<",
    [WORD_LESS_OR_EQUAL] = "<=",
    [WORD_GREATER] = ">",
    [WORD_GREATER_OR_EQUAL] = ">=",
    [WORD_AND] = "and",
    [WORD_OR] = "or",
    [WORD_XOR] = "xor",
    [WORD_IMPLIES] = "implies",
    [WORD_UNION] = "union",
    [WORD_INTERSECT] = "intersect",
    [WORD_EXCEPT] = "except",
    [WORD_IN] = "in",
    [WORD_CONTAINS] = "contains",
    [WORD_IN_EQUIVALENT] = "~in",
    [WORD_CONTAINS_EQUIVALENT] = "~contains",
    [WORD_DURATION] = "duration",
    [WORD_DIFFERENCE] = "difference",
    [WORD_DATE] = "date",
    [WORD_TIME] = "time",
    [WORD_TIMEZONEOFFSET] = "timezoneoffset",
    [WORD_MINIMUM] = "minimum ",
    [WORD_MAXIMUM] = "maximum ",
    [WORD_EXPAND] = "expand ",
    [WORD_COLLAPSE] = "collapse ",
    [WORD_NULL] = "null",
    [WORD_TRUE] = "true",
    [WORD_FALSE] = "false",
    [WORD_MEETS] = "meets",
    [WORD_OVERLAPS] = "overlaps",
    [WORD_STARTS] = "starts",
    [WORD_ENDS] = "ends",
    [WORD_INCLUDES] = "includes",
    [WORD_DURING] = "during",
    [WORD_BEFORE] = "before",
    [WORD_AFTER] = "after",
};

/* Literals, selectors, names, members and calls stand without parentheses anywhere; a query brings
 * its own. */
static bool is_atom(const struct syntax *node) {
    switch (node->kind) {
    case SYNTAX_NULL_LITERAL:
    case SYNTAX_BOOLEAN_LITERAL:
    case SYNTAX_STRING_LITERAL:
    case SYNTAX_NUMBER_LITERAL:
    case SYNTAX_LONG_LITERAL:
    case SYNTAX_DATE_LITERAL:
    case SYNTAX_DATETIME_LITERAL:
    case SYNTAX_TIME_LITERAL:
    case SYNTAX_QUANTITY_LITERAL:
    case SYNTAX_EXTERNAL_CONSTANT:
    case SYNTAX_INTERVAL:
    case SYNTAX_TUPLE:
    case SYNTAX_INSTANCE:
    case SYNTAX_LIST:
    case SYNTAX_NAME:
    case SYNTAX_THIS:
    case SYNTAX_INDEX:
    case SYNTAX_TOTAL:
    case SYNTAX_MEMBER:
    case SYNTAX_CALL:
    case SYNTAX_INDEXER:
    case SYNTAX_QUERY:
        return true;
    default:
        return false;
    }
}

static void print_operand(const struct syntax *node, struct buf *out) {
    bool atom = !node || is_atom(node);
    buf_add_cstr(out, atom ? "" : "(");
    print(node, out);
    buf_add_cstr(out, atom ? "" : ")");
}

static void print_list(const struct syntax *node, uint32_t from, const char *between,
                       struct buf *out) {
    for (uint32_t i = from; i < node->count; i++) {
        buf_add_cstr(out, i > from ? between : "");
        print(node->kids[i], out);
    }
}

static void print_after(const char *word, const struct syntax *node, struct buf *out) {
    if (node) {
        buf_add_cstr(out, word);
        print(node, out);
    }
}

static void print_version(struct str version, struct buf *out) {
    if (version.at) {
        buf_add_cstr(out, " version ");
        add_escaped(out, '\'', version);
    }
}

static void print_access(const struct syntax *node, struct buf *out) {
    buf_add_cstr(out, node->word == WORD_PUBLIC    ? "public "
                      : node->word == WORD_PRIVATE ? "private "
                                                   : "");
}

static void print_named(const struct syntax *node, const char *word, struct buf *out) {
    print_access(node, out);
    buf_add_format(out, "%s ", word);
    print(kid(node, 0), out);
    buf_add_cstr(out, ": ");
}

/* What is defined: nothing follows it. */
static void print_body(const struct syntax *node, struct buf *out) {
    if (node->kind == SYNTAX_QUERY) {
        print_query(node, out);
    } else {
        print(node, out);
    }
}

static void print_function(const struct syntax *node, struct buf *out) {
    buf_add_cstr(out, "define ");
    print_access(node, out);
    buf_add_cstr(out, node->flags ? "fluent function " : "function ");
    print(kid(node, 0), out);
    buf_add_char(out, '(');
    print_list(node, 3, ", ", out);
    buf_add_char(out, ')');
    print_after(" returns ", kid(node, 2), out);
    buf_add_cstr(out, ": ");
    if (kid(node, 1)) {
        print_body(kid(node, 1), out);
    } else {
        buf_add_cstr(out, "external");
    }
}

static void print_valueset(const struct syntax *node, struct buf *out) {
    print_named(node, node->kind == SYNTAX_VALUESET ? "valueset" : "codesystem", out);
    print(kid(node, 1), out);
    print_after(" version ", kid(node, 2), out);
    if (node->count > 3) {
        buf_add_cstr(out, " codesystems {");
        print_list(node, 3, ", ", out);
        buf_add_char(out, '}');
    }
}

/* False: not a definition. */
/* What could not be read is left out. */
static void print_file(const struct syntax *file, struct buf *out) {
    for (uint32_t i = 0; i < file->count; i++) {
        if (file->kids[i]->kind != SYNTAX_BROKEN) {
            print(file->kids[i], out);
            buf_add_char(out, '\n');
        }
    }
}

static bool print_definition(const struct syntax *node, struct buf *out) {
    switch (node->kind) {
    case SYNTAX_LIBRARY_FILE:
        print_file(node, out);
        return true;
    case SYNTAX_DIRECTIVE:
        buf_add_format(out, "# %.*s", STR_ARG(node->text));
        print_after(": ", kid(node, 0), out);
        return true;
    case SYNTAX_LIBRARY_NAME:
        print_after("library ", kid(node, 0), out);
        print_version(node->text, out);
        return true;
    case SYNTAX_USING:
    case SYNTAX_INCLUDE:
        print_after(node->kind == SYNTAX_USING ? "using " : "include ", kid(node, 0), out);
        print_version(node->text, out);
        print_after(" called ", kid(node, 1), out);
        print_after(" bind ", kid(node, 2), out);
        return true;
    case SYNTAX_CODESYSTEM:
    case SYNTAX_VALUESET:
        print_valueset(node, out);
        return true;
    case SYNTAX_CODE:
        print_named(node, "code", out);
        print(kid(node, 1), out);
        print_after(" from ", kid(node, 2), out);
        print_after(" display ", kid(node, 3), out);
        return true;
    case SYNTAX_CONCEPT:
        print_named(node, "concept", out);
        buf_add_char(out, '{');
        print_list(node, 2, ", ", out);
        buf_add_char(out, '}');
        print_after(" display ", kid(node, 1), out);
        return true;
    case SYNTAX_PARAMETER:
        print_access(node, out);
        print_after("parameter ", kid(node, 0), out);
        print_after(" ", kid(node, 1), out);
        print_after(" default ", kid(node, 2), out);
        return true;
    case SYNTAX_CONTEXT:
        buf_add_cstr(out, "context ");
        if (kid(node, 1)) {
            print(kid(node, 1), out);
            buf_add_char(out, '.');
        }
        print(kid(node, 0), out);
        return true;
    case SYNTAX_DEFINE:
        buf_add_cstr(out, "define ");
        print_access(node, out);
        print(kid(node, 0), out);
        if (kid(node, 1)) {
            buf_add_cstr(out, ": ");
            print_body(kid(node, 1), out);
        }
        return true;
    case SYNTAX_FUNCTION:
        print_function(node, out);
        return true;
    case SYNTAX_MODEL_STATEMENT:
        buf_add(out, node->text);
        return true;
    default:
        return false;
    }
}

static void print_bracketed(const struct syntax *node, const char *open, const char *close,
                            struct buf *out) {
    buf_add_cstr(out, open);
    print_list(node, 0, ", ", out);
    buf_add_cstr(out, close);
}

static bool print_name_or_type(const struct syntax *node, struct buf *out) {
    switch (node->kind) {
    case SYNTAX_IDENTIFIER:
        if (node->flags) {
            add_escaped(out, '"', node->text);
        } else {
            buf_add(out, node->text);
        }
        return true;
    case SYNTAX_QUALIFIED:
    case SYNTAX_NAMED_TYPE:
        print_list(node, 0, ".", out);
        return true;
    case SYNTAX_TEXT:
    case SYNTAX_STRING_LITERAL:
        add_escaped(out, '\'', node->text);
        return true;
    case SYNTAX_OPERAND:
        print(kid(node, 0), out);
        print_after(" ", kid(node, 1), out);
        return true;
    case SYNTAX_LIST_TYPE:
        print_bracketed(node, "List<", ">", out);
        return true;
    case SYNTAX_INTERVAL_TYPE:
        print_bracketed(node, "Interval<", ">", out);
        return true;
    case SYNTAX_TUPLE_TYPE:
        print_bracketed(node, "Tuple {", "}", out);
        return true;
    case SYNTAX_CHOICE_TYPE:
        print_bracketed(node, "Choice<", ">", out);
        return true;
    case SYNTAX_THIS:
        buf_add_cstr(out, "$this");
        return true;
    case SYNTAX_INDEX:
        buf_add_cstr(out, "$index");
        return true;
    case SYNTAX_TOTAL:
        buf_add_cstr(out, "$total");
        return true;
    default:
        return false;
    }
}

static bool print_literal(const struct syntax *node, struct buf *out) {
    switch (node->kind) {
    case SYNTAX_NULL_LITERAL:
        buf_add_cstr(out, "null");
        return true;
    case SYNTAX_BOOLEAN_LITERAL:
        buf_add_cstr(out, operator_words[node->word]);
        return true;
    case SYNTAX_NUMBER_LITERAL:
        buf_add(out, node->text);
        return true;
    case SYNTAX_LONG_LITERAL:
        buf_add(out, node->text);
        buf_add_char(out, 'L');
        return true;
    case SYNTAX_DATE_LITERAL:
    case SYNTAX_DATETIME_LITERAL:
        buf_add_char(out, '@');
        buf_add(out, node->text);
        return true;
    case SYNTAX_TIME_LITERAL:
        buf_add_cstr(out, "@T");
        buf_add(out, node->text);
        return true;
    case SYNTAX_QUANTITY_LITERAL:
        print(kid(node, 0), out);
        buf_add_char(out, ' ');
        if (node->text.at) {
            add_escaped(out, '\'', node->text);
        } else {
            buf_add_format(out, "%s%s", precision_word(node), node->flags ? "s" : "");
        }
        return true;
    case SYNTAX_RATIO_LITERAL:
        print_list(node, 0, ":", out);
        return true;
    case SYNTAX_EXTERNAL_CONSTANT:
        buf_add_char(out, '%');
        add_escaped(out, '\'', node->text);
        return true;
    default:
        return false;
    }
}

static void print_elements(const struct syntax *node, uint32_t from, struct buf *out) {
    buf_add_cstr(out, "{");
    if (node->count == from) {
        buf_add_cstr(out, ":");
    }
    print_list(node, from, ", ", out);
    buf_add_cstr(out, "}");
}

static bool print_selector(const struct syntax *node, struct buf *out) {
    switch (node->kind) {
    case SYNTAX_INTERVAL:
        buf_add_cstr(out, node->flags & SYNTAX_LOW_CLOSED ? "Interval[" : "Interval(");
        print_list(node, 0, ", ", out);
        buf_add_char(out, node->flags & SYNTAX_HIGH_CLOSED ? ']' : ')');
        return true;
    case SYNTAX_TUPLE:
        buf_add_cstr(out, "Tuple ");
        print_elements(node, 0, out);
        return true;
    case SYNTAX_INSTANCE:
        print(kid(node, 0), out);
        buf_add_char(out, ' ');
        print_elements(node, 1, out);
        return true;
    case SYNTAX_ELEMENT:
        print(kid(node, 0), out);
        print_after(": ", kid(node, 1), out);
        return true;
    case SYNTAX_LIST:
        if (kid(node, 0)) {
            print_after("List<", kid(node, 0), out);
            buf_add_cstr(out, "> ");
        }
        buf_add_char(out, '{');
        print_list(node, 1, ", ", out);
        buf_add_char(out, '}');
        return true;
    case SYNTAX_CODE_SELECTOR:
        print_after("Code ", kid(node, 0), out);
        print_after(" from ", kid(node, 1), out);
        print_after(" display ", kid(node, 2), out);
        return true;
    case SYNTAX_CONCEPT_SELECTOR:
        buf_add_cstr(out, "Concept {");
        print_list(node, 1, ", ", out);
        buf_add_char(out, '}');
        print_after(" display ", kid(node, 0), out);
        return true;
    default:
        return false;
    }
}

static bool print_term(const struct syntax *node, struct buf *out) {
    switch (node->kind) {
    case SYNTAX_NAME:
        print(kid(node, 0), out);
        return true;
    case SYNTAX_MEMBER:
        print_operand(kid(node, 0), out);
        print_after(".", kid(node, 1), out);
        return true;
    case SYNTAX_CALL:
        if (kid(node, 0)) {
            print_operand(kid(node, 0), out);
            buf_add_char(out, '.');
        }
        print(kid(node, 1), out);
        buf_add_char(out, '(');
        print_list(node, 2, ", ", out);
        buf_add_char(out, ')');
        return true;
    case SYNTAX_INDEXER:
        print_operand(kid(node, 0), out);
        buf_add_char(out, '[');
        print(kid(node, 1), out);
        buf_add_char(out, ']');
        return true;
    case SYNTAX_CONVERT:
        buf_add_cstr(out, "convert ");
        print_operand(kid(node, 0), out);
        buf_add_cstr(out, " to ");
        if (kid(node, 1)) {
            print(kid(node, 1), out);
        } else if (node->flags) {
            buf_add(out, node->text);
        } else {
            add_escaped(out, '\'', node->text);
        }
        return true;
    default:
        return false;
    }
}

/* The words between the operands of a timing phrase. */
static void print_phrase(const struct syntax *node, struct buf *out) {
    unsigned flags = node->flags;
    buf_add_cstr(out, flags & TIMING_LEFT_START    ? "starts "
                      : flags & TIMING_LEFT_END    ? "ends "
                      : flags & TIMING_LEFT_OCCURS ? "occurs "
                                                   : "");
    buf_add_cstr(out, flags & TIMING_PROPERLY ? "properly " : "");
    buf_add_cstr(out, flags & TIMING_LESS_THAN ? "less than " : "");
    buf_add_cstr(out, flags & TIMING_MORE_THAN ? "more than " : "");
    bool within = node->word == WORD_WITHIN;
    if (kid(node, 0)) {
        buf_add_cstr(out, within ? "within " : "");
        print(kid(node, 0), out);
        buf_add_cstr(out, within ? " of " : " ");
    }
    buf_add_cstr(out, flags & TIMING_OR_MORE ? "or more " : "");
    buf_add_cstr(out, flags & TIMING_OR_LESS ? "or less " : "");
    buf_add_cstr(out, flags & TIMING_ON_OR ? "on or " : "");
    if (node->word == WORD_SAME) {
        buf_add_format(out, "same %s%s%s ", precision_word(node), node->precision ? " " : "",
                       flags & TIMING_OR_BEFORE  ? "or before"
                       : flags & TIMING_OR_AFTER ? "or after"
                                                 : "as");
    } else if (!within) {
        buf_add_format(out, "%s %s", operator_words[node->word],
                       flags & TIMING_OR_BEFORE  ? "before "
                       : flags & TIMING_OR_AFTER ? "after "
                                                 : "");
        add_precision_of(node, out);
    }
    buf_add_cstr(out, flags & TIMING_RIGHT_START ? "start "
                      : flags & TIMING_RIGHT_END ? "end "
                                                 : "");
}

static void print_between(const struct syntax *node, uint32_t from, struct buf *out) {
    buf_add_cstr(out, "between ");
    print_operand(kid(node, from), out);
    buf_add_cstr(out, " and ");
    print_operand(kid(node, from + 1), out);
}

static bool print_operator(const struct syntax *node, struct buf *out) {
    switch (node->kind) {
    case SYNTAX_UNARY:
        buf_add_cstr(out, operator_words[node->word]);
        print_operand(kid(node, 0), out);
        return true;
    case SYNTAX_BINARY:
    case SYNTAX_MEMBERSHIP_PRECISION:
        print_operand(kid(node, 0), out);
        buf_add_format(out, " %s ", operator_words[node->word]);
        add_precision_of(node, out);
        print_operand(kid(node, 1), out);
        return true;
    case SYNTAX_IS_VALUE:
        print_operand(kid(node, 0), out);
        buf_add_format(out, " is %s%s", node->flags ? "not " : "", operator_words[node->word]);
        return true;
    case SYNTAX_IS_TYPE:
        print_operand(kid(node, 0), out);
        print_after(" is ", kid(node, 1), out);
        return true;
    case SYNTAX_AS_TYPE:
        buf_add_cstr(out, node->flags ? "cast " : "");
        print_operand(kid(node, 0), out);
        print_after(" as ", kid(node, 1), out);
        return true;
    case SYNTAX_BETWEEN:
        print_operand(kid(node, 0), out);
        buf_add_cstr(out, node->flags ? " properly " : " ");
        print_between(node, 1, out);
        return true;
    case SYNTAX_DURATION_BETWEEN:
        buf_add_format(out, "%s in %ss ", operator_words[node->word], precision_word(node));
        print_between(node, 0, out);
        return true;
    case SYNTAX_DURATION_OF:
        buf_add_format(out, "%s in %ss of ", operator_words[node->word], precision_word(node));
        print_operand(kid(node, 0), out);
        return true;
    case SYNTAX_COMPONENT_FROM:
        buf_add_format(out, "%s from ",
                       node->word ? operator_words[node->word] : precision_word(node));
        print_operand(kid(node, 0), out);
        return true;
    case SYNTAX_TYPE_EXTENT:
        buf_add_cstr(out, operator_words[node->word]);
        print(kid(node, 0), out);
        return true;
    case SYNTAX_EXPAND_COLLAPSE:
        buf_add_cstr(out, operator_words[node->word]);
        print_operand(kid(node, 0), out);
        if (kid(node, 1)) {
            buf_add_cstr(out, " per ");
            print_operand(kid(node, 1), out);
        } else if (node->precision) {
            buf_add_format(out, " per %s", precision_word(node));
        }
        return true;
    case SYNTAX_TIMING:
        print_operand(kid(node, 0), out);
        buf_add_char(out, ' ');
        print_phrase(kid(node, 2), out);
        print_operand(kid(node, 1), out);
        return true;
    case SYNTAX_TIMING_PHRASE:
        print_phrase(node, out);
        return true;
    default:
        return false;
    }
}

static bool print_condition(const struct syntax *node, struct buf *out) {
    switch (node->kind) {
    case SYNTAX_IF:
        print_after("if ", kid(node, 0), out);
        print_after(" then ", kid(node, 1), out);
        buf_add_cstr(out, " else ");
        print_operand(kid(node, 2), out);
        return true;
    case SYNTAX_CASE:
        buf_add_cstr(out, "case");
        print_after(" ", kid(node, 0), out);
        print_list(node, 2, "", out);
        print_after(" else ", kid(node, 1), out);
        buf_add_cstr(out, " end");
        return true;
    case SYNTAX_WHEN:
        print_after(" when ", kid(node, 0), out);
        print_after(" then ", kid(node, 1), out);
        return true;
    default:
        return false;
    }
}

static const char *quantifier(const struct syntax *node) {
    return node->word == WORD_ALL ? "all " : node->word == WORD_DISTINCT ? "distinct " : "";
}

static const char *direction(const struct syntax *node) {
    return node->word == WORD_ASC ? " asc" : node->word == WORD_DESC ? " desc" : "";
}

static void print_retrieve(const struct syntax *node, struct buf *out) {
    buf_add_char(out, '[');
    if (kid(node, 2)) {
        print(kid(node, 2), out);
        buf_add_cstr(out, " -> ");
    }
    print(kid(node, 0), out);
    if (kid(node, 1)) {
        buf_add_cstr(out, ": ");
        if (kid(node, 3)) {
            print(kid(node, 3), out);
            buf_add_format(out, " %s ", operator_words[node->word]);
        }
        print_operand(kid(node, 1), out);
    }
    buf_add_char(out, ']');
}

static void print_query(const struct syntax *node, struct buf *out) {
    buf_add_cstr(out, "from ");
    uint32_t i = 4;
    for (; i < node->count && node->kids[i] && node->kids[i]->kind == SYNTAX_ALIASED_SOURCE; i++) {
        buf_add_cstr(out, i > 4 ? ", " : "");
        print(node->kids[i], out);
    }
    print_after(" ", kid(node, 0), out);
    for (; i < node->count; i++) {
        print_after(" ", node->kids[i], out);
    }
    print_after(" where ", kid(node, 1), out);
    print_after(" ", kid(node, 2), out);
    print_after(" ", kid(node, 3), out);
}

static bool is_source(const struct syntax *node) {
    if (node && node->kind == SYNTAX_QUERY) {
        return true;
    }
    while (node && node->kind == SYNTAX_MEMBER) {
        node = kid(node, 0);
    }
    return !node || node->kind == SYNTAX_NAME || node->kind == SYNTAX_RETRIEVE;
}

static bool is_simple(const struct syntax *node) {
    return node->kind == SYNTAX_NUMBER_LITERAL || node->kind == SYNTAX_STRING_LITERAL ||
           node->kind == SYNTAX_QUANTITY_LITERAL || node->kind == SYNTAX_QUERY;
}

static void print_bare_or_not(const struct syntax *node, bool bare, struct buf *out) {
    buf_add_cstr(out, bare ? "" : "(");
    print(node, out);
    buf_add_cstr(out, bare ? "" : ")");
}

static void print_aggregate(const struct syntax *node, struct buf *out) {
    buf_add_format(out, "aggregate %s", quantifier(node));
    print(kid(node, 0), out);
    if (kid(node, 1)) {
        buf_add_cstr(out, " starting ");
        print_bare_or_not(kid(node, 1), is_simple(kid(node, 1)), out);
    }
    print_after(": ", kid(node, 2), out);
}

static bool print_query_part(const struct syntax *node, struct buf *out) {
    switch (node->kind) {
    case SYNTAX_RETRIEVE:
        print_retrieve(node, out);
        return true;
    case SYNTAX_QUERY:
        buf_add_char(out, '(');
        print_query(node, out);
        buf_add_char(out, ')');
        return true;
    case SYNTAX_ALIASED_SOURCE:
        print_bare_or_not(kid(node, 0), is_source(kid(node, 0)), out);
        print_after(" ", kid(node, 1), out);
        return true;
    case SYNTAX_LET:
        buf_add_cstr(out, "let ");
        print_list(node, 0, ", ", out);
        return true;
    case SYNTAX_WITH:
        print_after(node->flags ? "without " : "with ", kid(node, 0), out);
        print_after(" such that ", kid(node, 1), out);
        return true;
    case SYNTAX_RETURN:
        buf_add_format(out, "return %s", quantifier(node));
        print(kid(node, 0), out);
        return true;
    case SYNTAX_AGGREGATE:
        print_aggregate(node, out);
        return true;
    case SYNTAX_SORT:
        buf_add_format(out, "sort%s%s", direction(node), node->count ? " by " : "");
        print_list(node, 0, ", ", out);
        return true;
    case SYNTAX_SORT_ITEM:
        print_operand(kid(node, 0), out);
        buf_add_cstr(out, direction(node));
        return true;
    default:
        return false;
    }
}

static void print(const struct syntax *node, struct buf *out) {
    if (!node) {
        return;
    }
    bool done = print_name_or_type(node, out) || print_literal(node, out) ||
                print_selector(node, out) || print_term(node, out) || print_operator(node, out) ||
                print_condition(node, out) || print_query_part(node, out) ||
                print_definition(node, out);
    (void)done;
}

void syntax_print(const struct syntax *node, struct buf *out) {
    print(node, out);
}

bool syntax_equal(const struct syntax *a, const struct syntax *b) {
    if (!a || !b) {
        return a == b;
    }
    if (a->kind != b->kind || a->word != b->word || a->precision != b->precision ||
        a->flags != b->flags || a->count != b->count || !str_equal(a->text, b->text) ||
        (a->text.at == NULL) != (b->text.at == NULL)) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (!syntax_equal(a->kids[i], b->kids[i])) {
            return false;
        }
    }
    return true;
}
