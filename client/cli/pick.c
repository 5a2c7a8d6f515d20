/* Members of a parsed answer: see pick.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "pick.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const cJSON *pick(const cJSON *value, const char *path) {
    char name[64];
    if (strcmp(path, ".") == 0) path = "";
    while (value && *path) {
        size_t len = strcspn(path, ".");
        if (len >= sizeof name) return NULL;
        memcpy(name, path, len);
        name[len] = '\0';
        value = cJSON_GetObjectItemCaseSensitive(value, name);
        path += len + (path[len] == '.');
    }
    return cJSON_IsNull(value) ? NULL : value;
}

const char *pick_text(const cJSON *value, const char *path) {
    const cJSON *found = pick(value, path);
    return cJSON_IsString(found) ? found->valuestring : "";
}

double pick_number(const cJSON *value, const char *path) {
    const cJSON *found = pick(value, path);
    return cJSON_IsNumber(found) ? found->valuedouble : 0;
}

bool pick_true(const cJSON *value, const char *path) {
    return cJSON_IsTrue(pick(value, path));
}

int pick_size(const cJSON *value, const char *path) {
    const cJSON *found = pick(value, path);
    return cJSON_IsArray(found) ? cJSON_GetArraySize(found) : 0;
}

const char *pick_scalar(char buffer[40], const cJSON *value, const char *path) {
    const cJSON *found = pick(value, path);
    if (cJSON_IsString(found)) return found->valuestring;
    if (cJSON_IsBool(found)) return cJSON_IsTrue(found) ? "true" : "false";
    if (!cJSON_IsNumber(found)) return "";
    double number = found->valuedouble;
    bool whole = fabs(number) < 1e15 && number == floor(number);
    snprintf(buffer, 40, whole ? "%.0f" : "%.6g", number);
    return buffer;
}

const char *show_count(char buffer[40], double count) {
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%.0f", fabs(count) < 1e18 ? count : 1e18), out = 0;
    for (int i = 0; i < len; i++) {
        buffer[out++] = digits[i];
        int left = len - i - 1;
        if (left > 0 && left % 3 == 0 && digits[i] != '-') buffer[out++] = ',';
    }
    buffer[out] = '\0';
    return buffer;
}

const char *show_bytes(char buffer[40], double bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1000;
        unit++;
    }
    snprintf(buffer, 40, unit && bytes < 99.95 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
    return buffer;
}

const char *show_seconds(char buffer[40], double seconds) {
    long whole = lround(seconds);
    if (seconds < 60)
        snprintf(buffer, 40, seconds < 9.95 ? "%.1f s" : "%.0f s", seconds);
    else if (whole < 3600)
        snprintf(buffer, 40, "%ld min %02ld s", whole / 60, whole % 60);
    else if (whole < 86400)
        snprintf(buffer, 40, "%ld h %02ld min", whole / 3600, whole % 3600 / 60);
    else
        snprintf(buffer, 40, "%ld d %02ld h", whole / 86400, whole % 86400 / 3600);
    return buffer;
}

const char *show_ms(char buffer[40], double ms) {
    if (ms >= 1000) return show_seconds(buffer, ms / 1000);
    snprintf(buffer, 40, ms < 9.95 ? "%.1f ms" : "%.0f ms", ms);
    return buffer;
}
