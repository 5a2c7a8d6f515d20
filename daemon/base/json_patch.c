/* JSON Merge Patch, RFC 7396.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An object in the patch merges member by member, null removes a member, anything else replaces.  Member names
 * keep their case and their place.  Depth is bounded by the check that every text passes before it is a tree. */
#include "base/json.h"

static void merge_member(cJSON *target, const cJSON *patch) {
    cJSON *old = cJSON_GetObjectItemCaseSensitive(target, patch->string);
    if (cJSON_IsNull(patch)) {
        cJSON_DeleteItemFromObjectCaseSensitive(target, patch->string);
        return;
    }
    if (cJSON_IsObject(old) && cJSON_IsObject(patch)) {
        json_merge_patch(old, patch);
        return;
    }
    cJSON *fresh = json_merge_patch(NULL, patch);
    if (old)
        cJSON_ReplaceItemInObjectCaseSensitive(target, patch->string, fresh);
    else
        cJSON_AddItemToObject(target, patch->string, fresh);
}

cJSON *json_merge_patch(cJSON *take_target, const cJSON *patch) {
    if (!cJSON_IsObject(patch)) {
        cJSON_Delete(take_target);
        return cJSON_Duplicate(patch, 1);
    }
    cJSON *target = take_target;
    if (!cJSON_IsObject(target)) {
        cJSON_Delete(target);
        target = cJSON_CreateObject();
    }
    const cJSON *member = NULL;
    cJSON_ArrayForEach (member, patch)
        merge_member(target, member);
    return target;
}
