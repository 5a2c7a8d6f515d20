/* Any answer, for people: names and values, indented by depth.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For commands whose answer is short or new; the others have a printer of their own. */
#include "run.h"

#include "pick.h"

#include <string.h>

static void print_value(struct screen *screen, int indent, const char *name, const cJSON *value);

static bool is_scalar(const cJSON *value) {
    return !cJSON_IsObject(value) && !cJSON_IsArray(value);
}

static bool all_scalars(const cJSON *array) {
    const cJSON *element;
    cJSON_ArrayForEach (element, array)
        if (!is_scalar(element)) return false;
    return true;
}

static void print_name(struct screen *screen, int indent, const char *name) {
    screen_indent(screen, indent);
    for (const char *c = name; *c; c++) {
        char letter[2] = {*c == '_' ? ' ' : *c, '\0'};
        screen_put(screen, STYLE_DIM, letter);
    }
    screen_put(screen, STYLE_DIM, ":");
}

static void print_row(struct screen *screen, int indent, const char *name, const cJSON *value) {
    char buffer[40];
    int column = indent + (int)strlen(name) + 1;
    print_name(screen, indent, name);
    struct wrap wrap;
    wrap_begin(&wrap, screen, column, indent + 2);
    wrap.empty = false;
    if (is_scalar(value)) {
        wrap_put(&wrap, STYLE_NONE, " ");
        wrap_put(&wrap, STYLE_NONE, pick_scalar(buffer, value, ""));
    }
    const cJSON *element;
    if (cJSON_IsArray(value))
        cJSON_ArrayForEach (element, value) {
            wrap_put(&wrap, STYLE_NONE, " ");
            wrap_put(&wrap, STYLE_NONE, pick_scalar(buffer, element, ""));
            if (element->next) wrap_put(&wrap, STYLE_NONE, ",");
        }
    wrap_end(&wrap);
}

static void print_members(struct screen *screen, int indent, const cJSON *object) {
    const cJSON *member;
    cJSON_ArrayForEach (member, object)
        print_value(screen, indent, member->string ? member->string : "-", member);
}

static void print_value(struct screen *screen, int indent, const char *name, const cJSON *value) {
    if (cJSON_IsNull(value)) return;
    if (is_scalar(value) || (cJSON_IsArray(value) && all_scalars(value))) {
        print_row(screen, indent, name, value);
        return;
    }
    print_name(screen, indent, name);
    screen_line_end(screen);
    const cJSON *element;
    if (cJSON_IsObject(value))
        print_members(screen, indent + 2, value);
    else
        cJSON_ArrayForEach (element, value) {
            print_members(screen, indent + 2, element);
            if (element->next) screen_line_end(screen);
        }
}

void print_any(struct context *context, const cJSON *value) {
    if (cJSON_IsObject(value))
        print_members(&context->out, 0, value);
    else
        print_value(&context->out, 0, "answer", value);
}
