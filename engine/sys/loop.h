/*
 * An event loop: descriptors, children, signals, timers, one thread. Each source has a
 * number; events that were queued for a source that was removed meanwhile are dropped
 * (its number is not given out again soon, and epoll knows numbers, not descriptors:
 * an entry outlives close() while a child that is being started holds a copy).
 */
#ifndef CW_SYS_LOOP_H
#define CW_SYS_LOOP_H

#include <sys/resource.h>
#include <sys/types.h>

struct loop;

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_HANGUP = 4 };

struct loop *loop_new(void); /* returns owned (loop_free); NULL with errno */
void loop_free(struct loop *l);

typedef void loop_fd_fn(void *ctx, unsigned events);
typedef void loop_child_fn(void *ctx, pid_t pid, int status, const struct rusage *usage);
typedef void loop_signal_fn(void *ctx, int signal, pid_t sender);
typedef void loop_timer_fn(void *ctx);

/* Calls `fn` when `fd` (borrowed until loop_remove, which comes before close) is ready.
 * The number of the source, never 0; 0 with errno on failure. */
uint64_t loop_add_fd(struct loop *l, int fd, unsigned events, loop_fd_fn *fn, void *ctx);

/* Calls `fn` once, when the child has ended, with its wait status; it is waited for then.
 * Takes `pidfd`. */
uint64_t loop_add_child(
	struct loop *l, pid_t pid, int pidfd, loop_child_fn *fn, void *ctx);

/* From now on these signals are blocked and come to `fn`. At most one such source. */
uint64_t loop_add_signals(
	struct loop *l, const int *signals, size_t count, loop_signal_fn *fn, void *ctx);

/* Calls `fn` once, when the monotonic clock reaches `at_ns`. */
uint64_t loop_add_timer(struct loop *l, int64_t at_ns, loop_timer_fn *fn, void *ctx);

/* No more calls for this source. 0 or one that is gone already: nothing. */
void loop_remove(struct loop *l, uint64_t source);

/* Waits for events, at most until `until_ns` (monotonic; 0: not at all, INT64_MAX: for
 * ever), and hands out all that are there. 0, or -1 with errno. */
int loop_turn(struct loop *l, int64_t until_ns);

#endif
