/* Series of numbers, one array per metric, addressed by the positions of its labels' values. */
#include "runtime/metric.h"

#include "runtime/memory.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LABELS = 2,
    VALUES_MAX = 121, /* 120 and "other": a daemon asks that many kinds of statements at most */
    BUCKETS = 14,
};

enum kind { COUNTER, GAUGE, SECONDS, LONG_SECONDS };

/* Upper bounds in microseconds: from a statement by key to a request given up; from a small file to a night that is lost. */
static const int64_t bounds_short[BUCKETS] = {
    100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000, 30000000};
static const int64_t bounds_long[BUCKETS] = {100000, 1000000, 5000000, 15000000, 30000000, 60000000, 120000000,
    300000000, 600000000, 1200000000, 1800000000, 3600000000, 7200000000, 14400000000};

struct description {
    const char *name;
    enum kind kind;
    const char *labels[LABELS];
    const char *values[LABELS]; /* as declared */
    const char *help;
};

#define METRIC(id, a_name, a_kind, label0, list0, label1, list1, a_help)                                               \
    [METRIC_##id] = {.name = (a_name),                                                                                 \
        .kind = (a_kind),                                                                                              \
        .labels[0] = (label0),                                                                                         \
        .values[0] = (list0),                                                                                          \
        .labels[1] = (label1),                                                                                         \
        .values[1] = (list1),                                                                                          \
        .help = (a_help)},
static const struct description descriptions[METRIC_TOTAL] = {
#include "runtime/metrics.def"
};
#undef METRIC

struct series {
    _Atomic bool is_touched;
    _Atomic int64_t count;  /* of a counter; of a histogram's observations */
    _Atomic int64_t sum_us; /* of a histogram */
    _Atomic double level;   /* of a gauge */
    _Atomic int64_t buckets[];
};

/* The values of one label. Appended under the lock, read without: the count is published last. */
struct label {
    const char *values[VALUES_MAX];
    _Atomic size_t count;
};

static struct metric_state {
    struct label labels[LABELS];
    _Atomic(struct series *) series[VALUES_MAX * VALUES_MAX];
} * states[METRIC_TOTAL];

static bool is_histogram(enum metric metric)
{
    return descriptions[metric].kind == SECONDS || descriptions[metric].kind == LONG_SECONDS;
}

static const int64_t *bounds_of(enum metric metric)
{
    return descriptions[metric].kind == LONG_SECONDS ? bounds_long : bounds_short;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void label_append(struct label *label, const char *value)
{
    size_t count = atomic_load(&label->count);
    assert(count < VALUES_MAX);
    label->values[count] = value;
    atomic_store(&label->count, count + 1);
}

static void label_prepare(struct label *label, const char *declared)
{
    label_append(label, "other");
    if (declared[0] == '\0' || strcmp(declared, "*") == 0)
        return;
    char *words = checked_strdup(declared);
    char *rest = words;
    char *word;
    while ((word = strsep(&rest, " ")) != NULL)
        label_append(label, word); /* the words live as long as the process */
}

static void prepare(void)
{
    for (int i = 0; i < METRIC_TOTAL; i++) {
        states[i] = checked_calloc(1, sizeof *states[i]);
        for (int j = 0; j < LABELS; j++)
            label_prepare(&states[i]->labels[j], descriptions[i].values[j]);
    }
}

static size_t label_find(struct label *label, const char *value)
{
    size_t count = atomic_load(&label->count);
    for (size_t i = 1; i < count; i++)
        if (strcmp(label->values[i], value) == 0)
            return i;
    return 0;
}

static struct series *series_make(_Atomic(struct series *) *place)
{
    struct series *fresh = checked_calloc(1, sizeof *fresh + (BUCKETS + 1) * sizeof fresh->buckets[0]);
    struct series *there = NULL;
    if (atomic_compare_exchange_strong(place, &there, fresh))
        return fresh;
    free(fresh);
    return there;
}

static struct series *series_find(enum metric metric, const char *const *labels)
{
    (void)pthread_once(&once, prepare);
    struct metric_state *state = states[metric];
    size_t at[LABELS] = {0, 0};
    for (int i = 0; i < LABELS && descriptions[metric].labels[i][0] != '\0'; i++) {
        assert(labels[i] != NULL);
        at[i] = label_find(&state->labels[i], labels[i]);
    }
    _Atomic(struct series *) *place = &state->series[at[0] * VALUES_MAX + at[1]];
    struct series *series = atomic_load(place);
    return series != NULL ? series : series_make(place);
}

void metric_add_by(enum metric metric, int64_t amount, const char *const *labels)
{
    assert(descriptions[metric].kind == COUNTER && amount >= 0);
    struct series *series = series_find(metric, labels);
    (void)atomic_fetch_add_explicit(&series->count, amount, memory_order_relaxed);
    atomic_store_explicit(&series->is_touched, true, memory_order_relaxed);
}

void metric_set_by(enum metric metric, double value, const char *const *labels)
{
    assert(descriptions[metric].kind == GAUGE);
    struct series *series = series_find(metric, labels);
    atomic_store_explicit(&series->level, value, memory_order_relaxed);
    atomic_store_explicit(&series->is_touched, true, memory_order_relaxed);
}

void metric_observe_by(enum metric metric, struct duration duration, const char *const *labels)
{
    assert(is_histogram(metric));
    const int64_t *bounds = bounds_of(metric);
    struct series *series = series_find(metric, labels);
    int64_t us = duration.us > 0 ? duration.us : 0;
    size_t bucket = 0;
    while (bucket < BUCKETS && us > bounds[bucket])
        bucket++;
    (void)atomic_fetch_add_explicit(&series->buckets[bucket], 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&series->count, 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&series->sum_us, us, memory_order_relaxed);
    atomic_store_explicit(&series->is_touched, true, memory_order_relaxed);
}

void metric_label_add(enum metric metric, int label, const char *value)
{
    (void)pthread_once(&once, prepare);
    assert(label >= 1 && label <= LABELS && strcmp(descriptions[metric].values[label - 1], "*") == 0);
    (void)pthread_mutex_lock(&lock);
    struct label *known = &states[metric]->labels[label - 1];
    if (label_find(known, value) == 0)
        label_append(known, checked_strdup(value));
    (void)pthread_mutex_unlock(&lock);
}

double metric_value(enum metric metric, const char *const *labels)
{
    struct series *series = series_find(metric, labels);
    return descriptions[metric].kind == GAUGE ? atomic_load(&series->level) : (double)atomic_load(&series->count);
}

/* --- printing --- */

/* `label="value",…` with `extra` ("le=\"0.1\"") behind; braces only if there is something. */
static void print_labels(FILE *out, int metric, size_t at, const char *extra)
{
    const char *const *names = descriptions[metric].labels;
    const size_t positions[LABELS] = {at / VALUES_MAX, at % VALUES_MAX};
    bool is_bare = names[0][0] == '\0' && extra == NULL;
    if (is_bare)
        return;
    const char *comma = "{";
    for (int i = 0; i < LABELS && names[i][0] != '\0'; i++) {
        (void)fprintf(out, "%s%s=\"%s\"", comma, names[i], states[metric]->labels[i].values[positions[i]]);
        comma = ",";
    }
    if (extra != NULL)
        (void)fprintf(out, "%s%s", comma, extra);
    (void)fputc('}', out);
}

static void print_sample(FILE *out, int metric, size_t at, const char *suffix, const char *extra, double value)
{
    (void)fprintf(out, "%s%s", descriptions[metric].name, suffix);
    print_labels(out, metric, at, extra);
    (void)fprintf(out, " %.15g\n", value);
}

static void print_histogram(FILE *out, int metric, size_t at, struct series *series)
{
    const int64_t *bounds = bounds_of((enum metric)metric);
    int64_t total = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        char bound[32];
        (void)snprintf(bound, sizeof bound, "le=\"%g\"", (double)bounds[i] / 1e6);
        total += atomic_load(&series->buckets[i]);
        print_sample(out, metric, at, "_bucket", bound, (double)total);
    }
    total += atomic_load(&series->buckets[BUCKETS]);
    print_sample(out, metric, at, "_bucket", "le=\"+Inf\"", (double)total);
    print_sample(out, metric, at, "_sum", NULL, (double)atomic_load(&series->sum_us) / 1e6);
    /* not the count: it may be one ahead of the buckets while another thread observes */
    print_sample(out, metric, at, "_count", NULL, (double)total);
}

static void print_series(FILE *out, int metric, size_t at, struct series *series)
{
    switch (descriptions[metric].kind) {
    case COUNTER:
        print_sample(out, metric, at, "", NULL, (double)atomic_load(&series->count));
        break;
    case GAUGE:
        print_sample(out, metric, at, "", NULL, atomic_load(&series->level));
        break;
    case SECONDS:
    case LONG_SECONDS:
        print_histogram(out, metric, at, series);
        break;
    }
}

static void print_metric(FILE *out, int metric)
{
    static const char *const types[] = {"counter", "gauge", "histogram", "histogram"};
    const struct description *description = &descriptions[metric];
    bool is_bare = description->labels[0][0] == '\0';
    if (is_bare)
        (void)series_find((enum metric)metric, NULL);
    bool is_headed = false;
    for (size_t at = 0; at < (size_t)VALUES_MAX * VALUES_MAX; at++) {
        struct series *series = atomic_load(&states[metric]->series[at]);
        if (series == NULL || (!is_bare && !atomic_load(&series->is_touched)))
            continue;
        if (!is_headed)
            (void)fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", description->name, description->help, description->name,
                types[description->kind]);
        is_headed = true;
        print_series(out, metric, at, series);
    }
}

char *metric_print(size_t *out_length)
{
    (void)pthread_once(&once, prepare);
    char *text = NULL;
    FILE *out = open_memstream(&text, out_length);
    assert(out != NULL);
    for (int i = 0; i < METRIC_TOTAL; i++)
        print_metric(out, i);
    int error = fclose(out);
    assert(error == 0 && text != NULL);
    return text;
}

static void describe_labels(const struct description *description, FILE *out)
{
    for (int i = 0; i < LABELS && description->labels[i][0] != '\0'; i++) {
        bool is_open = strcmp(description->values[i], "*") == 0;
        fprintf(out, "%s`%s`%s%s", i > 0 ? " ; " : "", description->labels[i], is_open ? "" : " : ",
            is_open ? "" : description->values[i]);
    }
}

void metric_print_manual(FILE *out)
{
    static const char *const kinds[] = {
        [COUNTER] = "compteur", [GAUGE] = "jauge", [SECONDS] = "histogramme", [LONG_SECONDS] = "histogramme, long"};
    fputs("# Mesures\n\n"
          "Chaque démon les donne sur `/metrics`, à son adresse d’état (section `status` de la configuration), au "
          "format\n"
          "texte de Prometheus. Aucune ne porte de donnée personnelle ; les valeurs des étiquettes sont en nombre "
          "borné,\n"
          "au-delà `other`. Une série à étiquettes apparaît quand elle a été touchée une fois. Le sens est celui que "
          "Prometheus "
          "montre.\n"
          "Un histogramme compte de 0,1 ms à 30 s ; un long, de 0,1 s à quatre heures.\n"
          "\n"
          "Page imprimée de `common/runtime/metrics.def` par `ninja -C BUILD write-config`.\n\n"
          "| nom | type | étiquettes | sens |\n| --- | --- | --- | --- |\n",
        out);
    for (size_t i = 0; i < METRIC_TOTAL; i++) {
        const struct description *description = &descriptions[i];
        fprintf(out, "| `%s` | %s | ", description->name, kinds[description->kind]);
        describe_labels(description, out);
        fprintf(out, " | %s |\n", description->help);
    }
}
