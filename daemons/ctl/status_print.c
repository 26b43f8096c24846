#include "ctl/status_print.h"

#include "runtime/cleanup.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

void status_print_age(const char *before, json_int_t seconds)
{
    if (seconds < MINUTE)
        (void)printf("%s %d s", before, (int)seconds);
    else if (seconds < HOUR)
        (void)printf("%s %d min", before, (int)(seconds / MINUTE));
    else if (seconds < DAY)
        (void)printf("%s %d h %02d", before, (int)(seconds / HOUR), (int)(seconds / MINUTE % MINUTE));
    else
        (void)printf("%s %d j", before, (int)(seconds / DAY));
}

static json_int_t number_of(json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

static const char *text_of(json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));
    return text != NULL ? text : "";
}

/* Required ones that are not well are the cause that the first line tells. */
static void print_checks(json_t *checks)
{
    size_t index;
    json_t *check;
    json_array_foreach(checks, index, check)
    {
        if (json_is_false(json_object_get(check, "required")) && strcmp(text_of(check, "state"), "ok") != 0)
            (void)printf("    attention, %s : %s\n", text_of(check, "name"), text_of(check, "cause"));
    }
}

static void print_queues(json_t *numbers)
{
    static const struct {
        const char *waiting, *oldest, *words;
    } queues[] = {
        {"archives_waiting", "archives_oldest_seconds", "archives en attente"      },
        {"archives_held",    NULL,                      "archives retenues"        },
        {"runs",             NULL,                      "intégrations en cours"   },
        {"mails_waiting",    "mails_oldest_seconds",    "courriels en attente"     },
        {"sheets_waiting",   "sheets_oldest_seconds",   "fiches en attente"        },
        {"help_waiting",     "help_oldest_seconds",     "demandes d’aide à voir"},
        {"returns_waiting",  NULL,                      "courriels revenus à lire"},
        {"sms_waiting",      "sms_oldest_seconds",      "SMS en attente"           },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(queues); i++) {
        json_t *waiting = json_object_get(numbers, queues[i].waiting);
        if (!json_is_integer(waiting))
            continue;
        (void)printf("    %s : %lld", queues[i].words, (long long)json_integer_value(waiting));
        if (queues[i].oldest != NULL && json_integer_value(waiting) > 0)
            status_print_age(", le plus ancien depuis", number_of(numbers, queues[i].oldest));
        (void)putchar('\n');
    }
}

/* Of the last hour, those whose fate is known. */
static void print_sms(json_t *numbers)
{
    if (json_object_get(numbers, "sms_delivered_hour") != NULL)
        (void)printf("    SMS de la dernière heure : %lld remis, %lld non remis\n",
            (long long)number_of(numbers, "sms_delivered_hour"), (long long)number_of(numbers, "sms_undelivered_hour"));
}

static void print_statistics(json_t *numbers)
{
    json_t *age = json_object_get(numbers, "statistics_age_seconds");
    if (json_is_integer(age)) {
        status_print_age("    dernier relevé il y a", json_integer_value(age));
        (void)putchar('\n');
    }
}

static void print_academies(json_t *academies)
{
    size_t index;
    json_t *academy;
    json_array_foreach(academies, index, academy)
    {
        json_t *age = json_object_get(academy, "age_seconds");
        (void)printf("    académie %lld %s : ", (long long)number_of(academy, "academy"), text_of(academy, "name"));
        if (json_is_integer(age))
            status_print_age("intégrée il y a", json_integer_value(age));
        else
            (void)fputs("jamais intégrée", stdout);
        (void)puts(number_of(academy, "late") != 0 ? ", en retard" : "");
    }
}

void status_print_details(json_t *status)
{
    json_t *numbers = json_object_get(status, "numbers");
    print_checks(json_object_get(status, "checks"));
    print_queues(numbers);
    print_sms(numbers);
    print_statistics(numbers);
    print_academies(json_object_get(json_object_get(status, "lists"), "academies"));
}
