#include "json/scan.h"

#include <memory>
#include <new>
#include <simdjson.h>

static_assert(JSON_PADDING >= simdjson::SIMDJSON_PADDING, "simdjson reads further behind the text");

struct json_scanner {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stages;
};

namespace {

/* Depth is the walkers' concern; stage one has none. */
constexpr size_t STAGE_DEPTH = 1;
constexpr size_t FIRST_CAPACITY = 64 * 1024;

bool fail(json_error *error, size_t offset, const char *words) {
    error->offset = static_cast<uint32_t>(offset);
    error->words = words;
    return false;
}

/* Bytes of the character that starts at `p`, or 0 when it is not UTF-8 (RFC 3629, section 4). */
size_t utf8_length(const unsigned char *p, const unsigned char *end) {
    if (*p < 0x80) {
        return 1;
    }
    size_t length = *p >= 0xF0 ? 4 : *p >= 0xE0 ? 3 : 2;
    if (*p < 0xC2 || *p > 0xF4 || static_cast<size_t>(end - p) < length) {
        return 0;
    }
    unsigned char low = *p == 0xE0 ? 0xA0 : *p == 0xF0 ? 0x90 : 0x80;
    unsigned char high = *p == 0xED ? 0x9F : *p == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if (p[i] < 0x80 || p[i] > 0xBF) {
            return 0;
        }
    }
    return length;
}

/* Finds the place of an error that stage one only reports as such. */
bool locate(str text, json_error *error) {
    auto *bytes = reinterpret_cast<const unsigned char *>(text.at);
    const unsigned char *end = bytes + text.len;
    const unsigned char *quote = nullptr;
    for (const unsigned char *p = bytes; p < end;) {
        size_t length = utf8_length(p, end);
        if (length == 0) {
            return fail(error, static_cast<size_t>(p - bytes), "this is not UTF-8");
        }
        if (quote && *p < 0x20) {
            return fail(error, static_cast<size_t>(p - bytes),
                        *p == '\n' ? "a closing quote is missing before the end of the line"
                                   : "a control character stands in a string");
        }
        if (quote && *p == '\\' && p + 1 < end && p[1] < 0x80 && p[1] >= 0x20) {
            length = 2;
        } else if (*p == '"') {
            quote = quote ? nullptr : p;
        }
        p += length;
    }
    if (quote) {
        return fail(error, static_cast<size_t>(quote - bytes), "a closing quote is missing");
    }
    return fail(error, 0, "this is not JSON");
}

} // namespace

json_scanner *json_scanner_new(void) {
    std::unique_ptr<json_scanner> scanner(new (std::nothrow) json_scanner);
    if (!scanner || simdjson::get_active_implementation()->create_dom_parser_implementation(
                        FIRST_CAPACITY, STAGE_DEPTH, scanner->stages)) {
        return nullptr;
    }
    return scanner.release();
}

void json_scanner_free(json_scanner *scanner) {
    delete scanner;
}

bool json_scan(json_scanner *scanner, str text, json_marks *out, json_error *error) {
    auto &stages = *scanner->stages;
    if (text.len == 0) {
        return fail(error, 0, "the text is empty");
    }
    if (text.len > simdjson::SIMDJSON_MAXSIZE_BYTES - JSON_PADDING) {
        return fail(error, 0, "the text is larger than 4 GB");
    }
    if (text.len > stages.capacity() &&
        stages.set_capacity(text.len < SIZE_MAX / 2 ? text.len + text.len / 4 : text.len)) {
        return fail(error, 0, nullptr);
    }
    auto *bytes = reinterpret_cast<const uint8_t *>(text.at);
    simdjson::error_code code = stages.stage1(bytes, text.len, simdjson::stage1_mode::regular);
    if (code == simdjson::EMPTY) {
        return fail(error, 0, "there is only white space");
    }
    if (code) {
        return locate(text, error);
    }
    out->text = text;
    out->at = stages.structural_indexes.get();
    out->count = stages.n_structural_indexes;
    return true;
}

bool json_is_utf8(str text) {
    return text.len == 0 || simdjson::validate_utf8(text.at, text.len);
}
