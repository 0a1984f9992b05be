/*
 * weir-cni: carries a CNI call to the agent and its answer back. No policy lives here.
 *
 * Request: 4 bytes length, big endian, then one JSON object {cmd, containerId, netns, ifname, args, path, config,
 * shimVersion, time}. All values are strings but time, which is Unix time in milliseconds.
 * Reply: 4 bytes exit code, 4 bytes length, both big endian, then what goes to stdout.
 *
 * The socket is $WEIR_CNI_SOCKET, else the string at the top-level key "socket" of the configuration, else
 * SOCKET_PATH; the same for the queue with $WEIR_CNI_QUEUE, "queue" and QUEUE_PATH.
 *
 * Answered here, because the agent may be away: VERSION always. ADD waits ADD_PATIENCE_MS for the agent, then
 * fails with code 11 (try again later). DEL is kept in the queue, which the agent works off before it serves, and
 * succeeds. STATUS fails with 50, the rest with 11. Errors are JSON on stdout, where libcni looks for them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SHIM_VERSION "1"
#define SUPPORTED "[\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]"
#define SOCKET_PATH "/run/weir/cni.sock"
#define QUEUE_PATH "/var/lib/weir/cni-queue"
#define STDIN_LIMIT_MS 5000
#define ADD_PATIENCE_MS 15000
#define PATIENCE_MS 1000
#define EXCHANGE_LIMIT_MS 45000 /* more than the agent allows itself for an ADD */
#define RETRY_MS 100
#define MAX_BYTES (1 << 20) /* of a configuration, and of an answer */
#define MAX_QUEUED 10000

#define CODE_IO 5
#define CODE_TRY_LATER 11
#define CODE_CANNOT_SERVE 50

static const char *const FIELDS[][2] = {
    {"cmd", "CNI_COMMAND"},   {"containerId", "CNI_CONTAINERID"}, {"netns", "CNI_NETNS"},
    {"ifname", "CNI_IFNAME"}, {"args", "CNI_ARGS"},               {"path", "CNI_PATH"},
};

struct buffer {
    char *bytes;
    size_t length, room;
};

static void append(struct buffer *b, const void *bytes, size_t count) {
    if (b->length + count + 1 > b->room) {
        b->room = 2 * (b->length + count + 1);
        b->bytes = realloc(b->bytes, b->room);
        if (!b->bytes) exit(CODE_TRY_LATER);
    }
    memcpy(b->bytes + b->length, bytes, count);
    b->length += count;
    b->bytes[b->length] = 0;
}

static void text(struct buffer *b, const char *s) { append(b, s, strlen(s)); }

static void quoted(struct buffer *b, const char *s, size_t count) {
    char escape[8];
    append(b, "\"", 1);
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            append(b, s + i, 1);
        } else {
            snprintf(escape, sizeof escape, "\\u%04x", c);
            text(b, escape);
        }
    }
    append(b, "\"", 1);
}

static void field(struct buffer *b, const char *name, const char *value) {
    quoted(b, name, strlen(name));
    text(b, ":");
    quoted(b, value, strlen(value));
    text(b, ",");
}

static const char *env(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

static int64_t now_ms(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The value of a string without escapes at a top-level key, in any case of letters; else NULL. Never freed. */
static const char *top_level(const char *json, const char *key) {
    int depth = 0, wanted = 0;
    for (const char *p = json; p && *p; p++) {
        if (*p == '{' || *p == '[') depth++;
        if (*p == '}' || *p == ']') depth--;
        if (*p == ',') wanted = 0;
        if (*p != '"') continue;
        const char *start = ++p;
        int plain = 1;
        for (; *p && *p != '"'; p++)
            if (*p == '\\') {
                plain = 0;
                if (!*++p) return NULL;
            }
        if (!*p) return NULL;
        size_t length = (size_t)(p - start);
        if (wanted && depth == 1) return plain && length ? strndup(start, length) : NULL;
        if (depth != 1 || !plain || length != strlen(key) || strncasecmp(start, key, length)) continue;
        wanted = p[1 + strspn(p + 1, " \t\r\n")] == ':';
    }
    return NULL;
}

/* Ends the program with an error in the form that libcni parses. */
static void fail(const char *config, int code, const char *message, const char *details) {
    struct buffer out = {0};
    const char *version = top_level(config, "cniVersion");
    char number[32];
    text(&out, "{");
    field(&out, "cniVersion", version ? version : "1.0.0");
    field(&out, "msg", message);
    field(&out, "details", details);
    snprintf(number, sizeof number, "\"code\":%d}\n", code);
    text(&out, number);
    fwrite(out.bytes, 1, out.length, stdout);
    fflush(stdout);
    exit(1);
}

/* 0 when the descriptor is ready, -1 with errno ETIMEDOUT at the deadline. */
static int ready(int fd, short events, int64_t deadline) {
    for (;;) {
        int64_t left = deadline - now_ms(CLOCK_MONOTONIC);
        struct pollfd p = {.fd = fd, .events = events};
        int n = poll(&p, 1, left > 0 ? (int)left : 0);
        if (n > 0) return 0;
        if (n == 0) errno = ETIMEDOUT;
        if (n == 0 || errno != EINTR) return -1;
    }
}

/* Moves all the bytes, POLLIN or POLLOUT; -1 with errno otherwise. */
static int transfer(int fd, short direction, void *bytes, size_t count, int64_t deadline) {
    for (char *p = bytes; count > 0;) {
        if (ready(fd, direction, deadline)) return -1;
        ssize_t n = direction == POLLIN ? read(fd, p, count) : write(fd, p, count);
        if (n == 0) errno = ECONNRESET;
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return -1;
        if (n > 0) p += n, count -= (size_t)n;
    }
    return 0;
}

static int connect_agent(const char *path, int64_t deadline) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof address.sun_path) return -1;
    strcpy(address.sun_path, path);
    for (;;) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) return -1;
        if (!connect(fd, (struct sockaddr *)&address, sizeof address)) return fd;
        int reason = errno;
        close(fd);
        errno = reason;
        if (now_ms(CLOCK_MONOTONIC) + RETRY_MS > deadline) return -1;
        poll(NULL, 0, RETRY_MS);
    }
}

/* Sends the request and prints the answer; returns the exit code, or -1 if the agent gave no whole answer. */
static int exchange(const char *path, const struct buffer *request, int64_t patience) {
    int fd = connect_agent(path, now_ms(CLOCK_MONOTONIC) + patience);
    if (fd < 0) return -1;
    int64_t deadline = now_ms(CLOCK_MONOTONIC) + EXCHANGE_LIMIT_MS;
    uint32_t length = htonl((uint32_t)request->length), head[2];
    if (transfer(fd, POLLOUT, &length, sizeof length, deadline) ||
        transfer(fd, POLLOUT, request->bytes, request->length, deadline) ||
        transfer(fd, POLLIN, head, sizeof head, deadline))
        return -1;
    size_t size = ntohl(head[1]);
    char *answer = size <= MAX_BYTES ? malloc(size + 1) : NULL;
    if (!answer) errno = EMSGSIZE;
    if (!answer || transfer(fd, POLLIN, answer, size, deadline)) return -1;
    fwrite(answer, 1, size, stdout);
    fflush(stdout);
    return (int)(ntohl(head[0]) & 0xff);
}

static uint64_t fnv1a(uint64_t hash, const char *s) {
    do {
        hash = (hash ^ (unsigned char)*s) * 0x100000001b3ULL; /* the closing zero too: it separates the parts */
    } while (*s++);
    return hash;
}

/* Keeps a DEL for the agent: once this returns 0 it survives a crash. A later one for the same interface replaces it. */
static int enqueue(const char *directory, const struct buffer *request, const char *name) {
    struct buffer file = {0}, temporary = {0};
    char word[64];
    uint64_t a = 0xcbf29ce484222325ULL, b = 0x9ae16a3b2f90404fULL;
    const char *parts[] = {name, env("CNI_CONTAINERID", ""), env("CNI_IFNAME", "")};
    for (int i = 0; i < 3; i++) a = fnv1a(a, parts[i]), b = fnv1a(b, parts[i]);
    mkdir(directory, 0700);
    DIR *d = opendir(directory);
    if (!d) return -1;
    int count = 0;
    while (readdir(d)) count++;
    errno = ENOSPC;
    if (count >= MAX_QUEUED) return -1;
    snprintf(word, sizeof word, "/%016llx%016llx.json", (unsigned long long)a, (unsigned long long)b);
    text(&file, directory), text(&file, word);
    snprintf(word, sizeof word, ".%d.tmp", (int)getpid());
    text(&temporary, file.bytes), text(&temporary, word);
    int fd = open(temporary.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return -1;
    int64_t deadline = now_ms(CLOCK_MONOTONIC) + STDIN_LIMIT_MS;
    if (transfer(fd, POLLOUT, request->bytes, request->length, deadline) || fsync(fd) ||
        rename(temporary.bytes, file.bytes)) {
        unlink(temporary.bytes);
        return -1;
    }
    return fsync(dirfd(d));
}

static int read_config(struct buffer *config) {
    char piece[4096];
    int64_t deadline = now_ms(CLOCK_MONOTONIC) + STDIN_LIMIT_MS;
    append(config, "", 0);
    for (;;) {
        if (ready(STDIN_FILENO, POLLIN, deadline)) return -1;
        ssize_t n = read(STDIN_FILENO, piece, sizeof piece);
        if (n == 0) return 0;
        if (n < 0 && errno != EINTR) return -1;
        if (n > 0) append(config, piece, (size_t)n);
        errno = EMSGSIZE;
        if (config->length > MAX_BYTES) return -1;
    }
}

int main(void) {
    const char *command = env("CNI_COMMAND", "");
    struct buffer config = {0}, request = {0};
    char number[64];
    signal(SIGPIPE, SIG_IGN);
    int unread = read_config(&config);
    const char *json = config.bytes;
    const char *version = top_level(json, "cniVersion");
    if (!strcmp(command, "VERSION")) {
        printf("{\"cniVersion\":\"%s\",\"supportedVersions\":%s}\n", version ? version : "1.1.0", SUPPORTED);
        return 0;
    }
    if (unread) fail(json, CODE_IO, "cannot read the configuration from stdin", strerror(errno));
    const char *configured_socket = top_level(json, "socket"), *configured_queue = top_level(json, "queue");
    const char *path = env("WEIR_CNI_SOCKET", configured_socket ? configured_socket : SOCKET_PATH);
    const char *queue = env("WEIR_CNI_QUEUE", configured_queue ? configured_queue : QUEUE_PATH);
    const char *name = top_level(json, "name");

    text(&request, "{");
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) field(&request, FIELDS[i][0], env(FIELDS[i][1], ""));
    field(&request, "shimVersion", SHIM_VERSION);
    text(&request, "\"config\":");
    quoted(&request, json, config.length);
    snprintf(number, sizeof number, ",\"time\":%lld}", (long long)now_ms(CLOCK_REALTIME));
    text(&request, number);

    int code = exchange(path, &request, strcmp(command, "ADD") ? PATIENCE_MS : ADD_PATIENCE_MS);
    if (code >= 0) return code;
    const char *reason = strerror(errno);
    struct buffer details = {0};
    text(&details, path), text(&details, ": "), text(&details, reason);
    if (!strcmp(command, "DEL")) {
        if (!enqueue(queue, &request, name ? name : "")) return 0;
        reason = strerror(errno);
        text(&details, "; "), text(&details, queue), text(&details, ": "), text(&details, reason);
        fail(json, CODE_IO, "the agent does not answer and the delete cannot be queued", details.bytes);
    }
    fail(json, !strcmp(command, "STATUS") ? CODE_CANNOT_SERVE : CODE_TRY_LATER, "the agent does not answer",
         details.bytes);
}
