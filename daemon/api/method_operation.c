/* The methods `verify`, `backup` and `restore`: tasks that answer when they are over, unless `wait` is false.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

bool method_verify(struct api_worker *worker, struct call *call);
bool method_backup(struct api_worker *worker, struct call *call);
bool method_restore(struct api_worker *worker, struct call *call);

bool method_verify(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"repair", "wait", NULL};
    bool repair = false, wait = true;
    (void)worker;
    if (params_known(call, names) != ST_OK || param_bool(call, "repair", &repair) != ST_OK ||
        param_bool(call, "wait", &wait) != ST_OK)
        return true;
    return task_start(call, "verify", call->params, wait);
}

static bool folder_task(struct call *call, const char *type) {
    static const char *const names[] = {"dir", "wait", NULL};
    const char *dir = NULL;
    bool wait = true;
    if (params_known(call, names) != ST_OK || param_string(call, "dir", true, &dir) != ST_OK ||
        param_bool(call, "wait", &wait) != ST_OK)
        return true;
    if (dir[0] != '/') {
        err_param(&call->err, ST_INVALID_VALUE, "dir", "parameter 'dir': expected an absolute path, got \"%.100s\"",
                  dir);
        return true;
    }
    return task_start(call, type, call->params, wait);
}

bool method_backup(struct api_worker *worker, struct call *call) {
    (void)worker;
    return folder_task(call, "backup");
}

bool method_restore(struct api_worker *worker, struct call *call) {
    (void)worker;
    return folder_task(call, "restore");
}
