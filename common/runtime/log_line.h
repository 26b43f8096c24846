/* One log line as bytes: the forms of log.c, apart so that they are tested without a process. */
#pragma once

#include "runtime/log.h"

enum { LOG_LINE_SIZE = 4096 }; /* bytes; longer lines are cut, and say so */

struct log_line {
    char text[LOG_LINE_SIZE];
    size_t length;
    bool is_cut;
};

struct log_head {
    struct instant at;
    int level;
    const char *program;
    const char *event;
    const char *request; /* "" for none */
};

const char *log_level_name(int level);
/* Each ends with a newline; control characters and broken UTF-8 in values are escaped. */
void log_line_text(
    struct log_line *line, const struct log_head *head, const struct log_field *fields, bool with_colour);
void log_line_logfmt(struct log_line *line, const struct log_head *head, const struct log_field *fields);
void log_line_json(struct log_line *line, const struct log_head *head, const struct log_field *fields);
/* key=value pairs only, no newline: the message for journald. */
void log_line_message(struct log_line *line, const struct log_head *head, const struct log_field *fields);
/* A field's value, plain: for journald's own fields. */
void log_value_plain(struct log_line *line, const struct log_field *field);
