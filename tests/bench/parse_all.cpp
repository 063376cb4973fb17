/* The ceiling of the benchmarks: simdjson's on-demand parser reads every key and every value of every
 * line of NDJSON files and does nothing else. Prints bytes, lines, and a sum that keeps the work
 * from being optimised away. */
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <simdjson.h>

using namespace simdjson;

static uint64_t checksum;

static bool walk(ondemand::value value) {
    ondemand::json_type type;
    if (value.type().get(type)) {
        return false;
    }
    switch (type) {
    case ondemand::json_type::object: {
        ondemand::object object;
        if (value.get_object().get(object)) {
            return false;
        }
        for (auto member : object) {
            std::string_view key;
            ondemand::value child;
            if (member.unescaped_key().get(key) || member.value().get(child)) {
                return false;
            }
            checksum += key.size();
            if (!walk(child)) {
                return false;
            }
        }
        return true;
    }
    case ondemand::json_type::array: {
        ondemand::array array;
        if (value.get_array().get(array)) {
            return false;
        }
        for (auto item : array) {
            ondemand::value child;
            if (item.get(child) || !walk(child)) {
                return false;
            }
        }
        return true;
    }
    case ondemand::json_type::string: {
        std::string_view text;
        if (value.get_string().get(text)) {
            return false;
        }
        checksum += text.size();
        return true;
    }
    default:
        checksum += value.raw_json_token().size();
        return true;
    }
}

int main(int argc, char **argv) {
    uint64_t bytes = 0;
    uint64_t lines = 0;
    ondemand::parser parser;
    for (int i = 1; i < argc; i++) {
        padded_string file;
        if (padded_string::load(argv[i]).get(file)) {
            std::fprintf(stderr, "parse_all: cannot read %s\n", argv[i]);
            return 3;
        }
        bytes += file.size();
        const char *at = file.data();
        const char *end = at + file.size();
        while (at < end) {
            const char *stop = static_cast<const char *>(std::memchr(at, '\n', size_t(end - at)));
            stop = stop ? stop : end;
            size_t len = size_t(stop - at);
            if (len > 1) {
                ondemand::document document;
                ondemand::value root;
                size_t room = size_t(end - at) + SIMDJSON_PADDING;
                if (parser.iterate(at, len, room).get(document) || document.get_value().get(root) ||
                    !walk(root)) {
                    std::fprintf(stderr, "parse_all: %s is not NDJSON\n", argv[i]);
                    return 1;
                }
                lines++;
            }
            at = stop + 1;
        }
    }
    std::printf("%llu bytes, %llu lines, %llu\n", (unsigned long long)bytes,
                (unsigned long long)lines, (unsigned long long)checksum);
    return 0;
}
