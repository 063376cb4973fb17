#include "trial/zone.h"

#include "base/file.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"

enum { HEADER_BYTES = 44, TRANSITIONS_MAX = 10000, TYPES_MAX = 256, NAME_CHARS_MAX = 64 };

/* "M3.5.0/2" of a POSIX zone: the last (5) Sunday (0) of March, at 02:00 local time. */
struct yearly {
    enum { YEARLY_MONTH, YEARLY_JULIAN, YEARLY_DAY } kind;
    int32_t month;
    int32_t week;
    int32_t day;
    int32_t time_s;
};

struct zone {
    uint32_t count;
    const int64_t *times_s; /* ascending; from times_s[i] on offsets_s[i] holds */
    const int32_t *offsets_s;
    int32_t first_s; /* before all of them */
    /* After the last one, by the footer; has_footer false: the last offset holds. */
    bool has_footer;
    bool has_summer;
    int32_t standard_s;
    int32_t summer_s;
    struct yearly summer_start;
    struct yearly summer_end;
};

struct bytes {
    const unsigned char *at;
    size_t len;
};

static uint32_t get32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t get64(const unsigned char *p) {
    return (int64_t)((uint64_t)get32(p) << 32 | get32(p + 4));
}

struct header {
    uint32_t isut;
    uint32_t isstd;
    uint32_t leaps;
    uint32_t times;
    uint32_t types;
    uint32_t chars;
    char version;
};

static bool read_header(struct bytes file, struct header *out) {
    if (file.len < HEADER_BYTES || memcmp(file.at, "TZif", 4) != 0) {
        return false;
    }
    *out = (struct header){
        .version = (char)file.at[4],
        .isut = get32(file.at + 20),
        .isstd = get32(file.at + 24),
        .leaps = get32(file.at + 28),
        .times = get32(file.at + 32),
        .types = get32(file.at + 36),
        .chars = get32(file.at + 40),
    };
    return out->times <= TRANSITIONS_MAX && out->types >= 1 && out->types <= TYPES_MAX &&
           out->chars <= 4096 && out->leaps <= 4096 && out->isut <= TYPES_MAX &&
           out->isstd <= TYPES_MAX;
}

static size_t body_bytes(const struct header *h, size_t time_bytes) {
    return h->times * (time_bytes + 1) + (size_t)h->types * 6 + h->chars +
           h->leaps * (time_bytes + 4) + h->isstd + h->isut;
}

/* ---- The footer: a POSIX TZ text ---- */

static bool take_char(struct str *s, char c) {
    if (!s->len || s->at[0] != c) {
        return false;
    }
    s->at++;
    s->len--;
    return true;
}

static bool take_number(struct str *s, int32_t *out) {
    int32_t value = 0;
    size_t i = 0;
    while (i < s->len && i < 4 && s->at[i] >= '0' && s->at[i] <= '9') {
        value = value * 10 + (s->at[i++] - '0');
    }
    s->at += i;
    s->len -= i;
    *out = value;
    return i > 0;
}

/* hh[:mm[:ss]] with a sign. */
static bool take_time(struct str *s, int32_t *out) {
    int32_t sign = take_char(s, '-') ? -1 : 1;
    (void)take_char(s, '+');
    int32_t parts[3] = {0};
    if (!take_number(s, &parts[0])) {
        return false;
    }
    for (int i = 1; i < 3 && take_char(s, ':'); i++) {
        if (!take_number(s, &parts[i])) {
            return false;
        }
    }
    *out = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool take_abbreviation(struct str *s) {
    size_t i = 0;
    if (take_char(s, '<')) {
        while (i < s->len && s->at[i] != '>') {
            i++;
        }
        i += i < s->len;
    } else {
        while (i < s->len && ((s->at[i] | 32) >= 'a' && (s->at[i] | 32) <= 'z')) {
            i++;
        }
    }
    s->at += i;
    s->len -= i;
    return i > 0;
}

static bool take_yearly(struct str *s, struct yearly *out) {
    *out = (struct yearly){.time_s = 7200};
    bool ok;
    if (take_char(s, 'M')) {
        out->kind = YEARLY_MONTH;
        ok = take_number(s, &out->month) && take_char(s, '.') && take_number(s, &out->week) &&
             take_char(s, '.') && take_number(s, &out->day) && out->month >= 1 &&
             out->month <= 12 && out->week >= 1 && out->week <= 5 && out->day <= 6;
    } else {
        out->kind = take_char(s, 'J') ? YEARLY_JULIAN : YEARLY_DAY;
        ok = take_number(s, &out->day);
    }
    return ok && (!take_char(s, '/') || take_time(s, &out->time_s));
}

/* POSIX counts offsets west of Greenwich. */
static bool read_footer(struct str s, struct zone *zone) {
    int32_t west_s;
    if (!take_abbreviation(&s) || !take_time(&s, &west_s)) {
        return false;
    }
    zone->standard_s = -west_s;
    if (s.len && take_abbreviation(&s)) {
        zone->summer_s = zone->standard_s + 3600;
        if (s.len && s.at[0] != ',') {
            if (!take_time(&s, &west_s)) {
                return false;
            }
            zone->summer_s = -west_s;
        }
        zone->has_summer = take_char(&s, ',') && take_yearly(&s, &zone->summer_start) &&
                           take_char(&s, ',') && take_yearly(&s, &zone->summer_end);
        if (!zone->has_summer) {
            return false;
        }
    }
    return s.len == 0;
}

/* ---- Calendar (proleptic Gregorian; Hinnant, "chrono-compatible low-level date algorithms") ----
 */

static int64_t days_from_civil(int64_t year, int32_t month, int32_t day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t yoe = year - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool is_leap(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t year_of(int64_t day) {
    int64_t year = 1970 + day / 366;
    year -= day < 0;
    while (days_from_civil(year + 1, 1, 1) <= day) {
        year++;
    }
    return year;
}

/* Seconds since 1970 of local time at which the yearly change happens. */
static int64_t yearly_local_s(const struct yearly *y, int64_t year) {
    int64_t first = days_from_civil(year, 1, 1);
    int64_t day = first + y->day;
    if (y->kind == YEARLY_JULIAN) {
        day = first + y->day - 1 + (is_leap(year) && y->day >= 60);
    } else if (y->kind == YEARLY_MONTH) {
        int64_t month_first = days_from_civil(year, y->month, 1);
        int64_t next = y->month == 12 ? days_from_civil(year + 1, 1, 1)
                                      : days_from_civil(year, y->month + 1, 1);
        int64_t weekday = (month_first % 7 + 7 + 4) % 7; /* 1970-01-01 was a Thursday */
        day = month_first + (y->day - weekday + 7) % 7 + (y->week - 1) * 7;
        while (day >= next) {
            day -= 7;
        }
    }
    return day * 86400 + y->time_s;
}

static int64_t footer_year(const struct zone *zone, int64_t utc_s) {
    int64_t local = utc_s + zone->standard_s;
    return year_of((local >= 0 ? local : local - 86399) / 86400);
}

static int64_t summer_start_s(const struct zone *zone, int64_t year) {
    return yearly_local_s(&zone->summer_start, year) - zone->standard_s;
}

static int64_t summer_end_s(const struct zone *zone, int64_t year) {
    return yearly_local_s(&zone->summer_end, year) - zone->summer_s;
}

static int32_t footer_offset_s(const struct zone *zone, int64_t utc_s) {
    if (!zone->has_summer) {
        return zone->standard_s;
    }
    int64_t year = footer_year(zone, utc_s);
    int64_t start = summer_start_s(zone, year);
    int64_t end = summer_end_s(zone, year);
    bool summer = start < end ? utc_s >= start && utc_s < end : utc_s >= start || utc_s < end;
    return summer ? zone->summer_s : zone->standard_s;
}

/* ---- The file ---- */

static enum status read_body(struct bytes body, const struct header *h, struct arena *arena,
                             struct zone *zone, bool *ok) {
    int64_t *times = ARENA_ARRAY(arena, h->times + 1, int64_t);
    int32_t *offsets = ARENA_ARRAY(arena, h->times + 1, int32_t);
    if (!times || !offsets) {
        return STATUS_NO_MEMORY;
    }
    const unsigned char *index = body.at + (size_t)h->times * 8;
    const unsigned char *types = index + h->times;
    *ok = true;
    for (uint32_t i = 0; i < h->times; i++) {
        times[i] = get64(body.at + (size_t)i * 8);
        *ok = *ok && index[i] < h->types && (i == 0 || times[i] > times[i - 1]);
        offsets[i] = *ok ? (int32_t)get32(types + (size_t)index[i] * 6) : 0;
    }
    zone->count = h->times;
    zone->times_s = times;
    zone->offsets_s = offsets;
    zone->first_s = (int32_t)get32(types);
    return STATUS_OK;
}

enum status zone_parse(struct str text, struct arena *arena, const struct zone **out) {
    *out = NULL;
    struct bytes file = {(const unsigned char *)text.at, text.len};
    struct header h;
    /* Version 1 has 32-bit times only; its block is skipped. */
    if (!read_header(file, &h) || h.version < '2' || file.len < HEADER_BYTES + body_bytes(&h, 4)) {
        return STATUS_OK;
    }
    file.at += HEADER_BYTES + body_bytes(&h, 4);
    file.len -= HEADER_BYTES + body_bytes(&h, 4);
    if (!read_header(file, &h) || file.len < HEADER_BYTES + body_bytes(&h, 8)) {
        return STATUS_OK;
    }
    struct zone *zone = ARENA_NEW(arena, struct zone);
    if (!zone) {
        return STATUS_NO_MEMORY;
    }
    struct bytes body = {file.at + HEADER_BYTES, body_bytes(&h, 8)};
    bool ok = false;
    enum status status = read_body(body, &h, arena, zone, &ok);
    struct str footer = {(const char *)body.at + body.len, file.len - HEADER_BYTES - body.len};
    if (footer.len >= 2 && footer.at[0] == '\n' && footer.at[footer.len - 1] == '\n') {
        zone->has_footer = read_footer((struct str){footer.at + 1, footer.len - 2}, zone);
    }
    *out = ok ? zone : NULL;
    return status;
}

static bool is_zone_name(struct str name) {
    if (!name.len || name.len > NAME_CHARS_MAX || name.at[0] == '/') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9');
        if (!letter && c != '/' && c != '_' && c != '-' && c != '+') {
            return false;
        }
    }
    return true;
}

enum status zone_load(struct str name, struct arena *arena, const struct zone **out) {
    *out = NULL;
    if (!is_zone_name(name)) {
        return STATUS_OK;
    }
    struct str path = file_join(arena, STR(ZONE_FOLDER), name);
    if (!path.at) {
        return STATUS_NO_MEMORY;
    }
    struct str bytes = STR_NONE;
    enum status status =
        file_kind(path) == FILE_REGULAR ? file_read(path, arena, &bytes) : STATUS_IO;
    if (status == STATUS_NO_MEMORY) {
        return status;
    }
    return status == STATUS_OK ? zone_parse(bytes, arena, out) : STATUS_OK;
}

static int64_t floor_seconds(int64_t ms) {
    return ms / 1000 - (ms % 1000 < 0);
}

/* How many changes of the file's table lie at or before the second. */
static uint32_t changes_until(const struct zone *zone, int64_t utc_s) {
    uint32_t low = 0;
    uint32_t high = zone->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->times_s[middle] <= utc_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int16_t zone_offset_min(const struct zone *zone, int64_t instant_ms) {
    int64_t utc_s = floor_seconds(instant_ms);
    uint32_t past = changes_until(zone, utc_s);
    int32_t offset_s = past ? zone->offsets_s[past - 1] : zone->first_s;
    if (past == zone->count && zone->has_footer) {
        offset_s = footer_offset_s(zone, utc_s);
    }
    return (int16_t)(offset_s / 60);
}

int64_t zone_next_change(const struct zone *zone, int64_t instant_ms) {
    int64_t utc_s = floor_seconds(instant_ms);
    uint32_t past = changes_until(zone, utc_s);
    if (past < zone->count) {
        return zone->times_s[past] * 1000;
    }
    int64_t next = INT64_MAX;
    int64_t year = zone->has_footer && zone->has_summer ? footer_year(zone, utc_s) : 0;
    for (int64_t y = year - 1; zone->has_footer && zone->has_summer && y <= year + 1; y++) {
        int64_t changes[] = {summer_start_s(zone, y) * 1000, summer_end_s(zone, y) * 1000};
        for (int i = 0; i < 2; i++) {
            next = changes[i] > instant_ms && changes[i] < next ? changes[i] : next;
        }
    }
    return next;
}
