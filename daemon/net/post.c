/* Work that other threads hand to the loop: one locked list, one eventfd.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Only the post that finds the list empty wakes the loop, and one round of the loop takes the whole list, so
 * that many answers cost one wake-up and each connection one write.  A post of the loop's own thread is run
 * in the same round without any system call. */
#include "loop.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct post *take_all(struct posts *posts) {
    pthread_mutex_lock(&posts->lock);
    struct post *first = posts->first;
    posts->first = NULL;
    posts->last = &posts->first;
    pthread_mutex_unlock(&posts->lock);
    return first;
}

static void on_woken(evutil_socket_t fd, short what, void *arg) {
    struct net *net = arg;
    uint64_t ignored;
    /* Nothing to read is fine: the loop woke itself. */
    if ((what & EV_READ) && read(fd, &ignored, sizeof ignored) < 0) ignored = 0;
    for (struct post *post = take_all(&net->posts), *next; post; post = next) {
        next = post->next;
        post->run(net, post);
    }
    line_flush_dirty(net);
    net_take_signals(net);
    net_check_drained(net);
}

void posts_init(struct posts *posts) {
    pthread_mutex_init(&posts->lock, NULL);
    posts->last = &posts->first;
    posts->wake_fd = -1;
}

enum status posts_open(struct net *net, struct err *err) {
    struct posts *posts = &net->posts;
    posts->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (posts->wake_fd < 0) return err_errno(err, errno, "making the eventfd of the event loop");
    if (event_assign(&posts->woken, net->base, posts->wake_fd, EV_READ | EV_PERSIST, on_woken, net) ||
        event_add(&posts->woken, NULL)) {
        return err_set(err, ST_INTERNAL, "the event loop refused its own wake-up");
    }
    return ST_OK;
}

void posts_close(struct net *net) {
    struct posts *posts = &net->posts;
    for (struct post *post = take_all(posts), *next; post; post = next) {
        next = post->next;
        post->drop(post);
    }
    if (posts->wake_fd >= 0) {
        if (event_initialized(&posts->woken)) event_del(&posts->woken);
        close(posts->wake_fd);
    }
    pthread_mutex_destroy(&posts->lock);
}

void posts_wake(struct net *net) {
    /* Cannot fail but for a full counter, and then the loop is awake. */
    if (eventfd_write(net->posts.wake_fd, 1) < 0) return;
}

void posts_push(struct net *net, struct post *post) {
    struct posts *posts = &net->posts;
    post->next = NULL;
    pthread_mutex_lock(&posts->lock);
    bool was_empty = !posts->first;
    bool own_thread = posts->thread_known && pthread_equal(posts->thread, pthread_self());
    *posts->last = post;
    posts->last = &post->next;
    pthread_mutex_unlock(&posts->lock);
    if (!was_empty) return;
    if (own_thread) {
        event_active(&posts->woken, EV_TIMEOUT, 0);
    } else {
        posts_wake(net);
    }
}
