#include "notify/list_order.h"

#include "domain/name.h"
#include "domain/text.h"
#include "runtime/memory.h"

#include <stdlib.h>
#include <string.h>

/* A line with what it is sorted by, made once. */
struct keyed {
    const struct handout_row *row;
    struct name_sort_key pupil, holder;
};

bool list_is_same_pupil(const struct handout_row *a, const struct handout_row *b)
{
    return a->pupil.degree == b->pupil.degree && a->pupil.number == b->pupil.number;
}

bool list_is_same_account(const struct handout_row *a, const struct handout_row *b)
{
    return a->academy.v == b->academy.v && a->id.v == b->id.v;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* The first difference that there is, in order. */
static int first_of(const int *differences, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (differences[i] != 0) {
            return differences[i];
        }
    }
    return 0;
}

static size_t digits_length(const char *text)
{
    size_t length = 0;
    while (text_is_digit(text[length])) {
        length++;
    }
    return length;
}

/* Both begin with digits: as numbers, of any length; moves both past them. */
static int compare_digits(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t length_a = digits_length(*a);
    size_t length_b = digits_length(*b);
    int difference =
        length_a != length_b ? compare_numbers((int64_t)length_a, (int64_t)length_b) : memcmp(*a, *b, length_a);
    *a += length_a;
    *b += length_b;
    return difference;
}

static int compare_naturally(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        int difference;
        if (text_is_digit(*a) && text_is_digit(*b)) {
            difference = compare_digits(&a, &b);
        } else {
            difference = (unsigned char)text_lower(*a) - (unsigned char)text_lower(*b);
            a++;
            b++;
        }
        if (difference != 0) {
            return difference;
        }
    }
    return (*a != '\0') - (*b != '\0');
}

int list_class_compare(const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0') {
        return (a[0] == '\0') - (b[0] == '\0');
    }
    int difference = compare_naturally(a, b);
    return difference != 0 ? difference : strcmp(a, b);
}

/* Accents count only between names that are the same without them: the key has none, the name itself decides. */
static int compare_holders(const struct keyed *a, const struct keyed *b)
{
    const int differences[] = {
        strcmp(a->holder.text, b->holder.text),
        strcmp(a->row->nom, b->row->nom),
        strcmp(a->row->prenom, b->row->prenom),
        compare_numbers(a->row->academy.v, b->row->academy.v),
        compare_numbers(a->row->id.v, b->row->id.v),
    };
    return first_of(differences, sizeof differences / sizeof differences[0]);
}

static int compare_pupils(const struct keyed *a, const struct keyed *b)
{
    const int differences[] = {
        strcmp(a->pupil.text, b->pupil.text),
        strcmp(a->row->pupil.nom, b->row->pupil.nom),
        strcmp(a->row->pupil.prenom, b->row->pupil.prenom),
        compare_numbers(a->row->pupil.degree, b->row->pupil.degree),
        compare_numbers(a->row->pupil.number, b->row->pupil.number),
    };
    return first_of(differences, sizeof differences / sizeof differences[0]);
}

static int by_class(const void *left, const void *right)
{
    const struct keyed *a = left;
    const struct keyed *b = right;
    int difference = list_class_compare(a->row->pupil.class, b->row->pupil.class);
    difference = difference != 0 ? difference : compare_pupils(a, b);
    return difference != 0 ? difference : compare_holders(a, b);
}

static int by_name(const void *left, const void *right)
{
    const struct keyed *a = left;
    const struct keyed *b = right;
    int difference = compare_holders(a, b);
    return difference != 0 ? difference : by_class(left, right);
}

static void key_make(const char *nom, const char *prenom, struct name_sort_key *out_key)
{
    if (!name_sort_key_make(nom, prenom, out_key)) {
        out_key->text[0] = '\0';
    }
}

static void lines_make(const struct handout_row *const *rows, size_t count, int (*compare)(const void *, const void *),
    struct list_order *out_order)
{
    struct keyed *keyed = checked_calloc(count + 1, sizeof *keyed);
    for (size_t i = 0; i < count; i++) {
        keyed[i].row = rows[i];
        key_make(rows[i]->pupil.nom, rows[i]->pupil.prenom, &keyed[i].pupil);
        key_make(rows[i]->nom, rows[i]->prenom, &keyed[i].holder);
    }
    qsort(keyed, count, sizeof *keyed, compare);
    *out_order = (struct list_order){.lines = checked_calloc(count + 1, sizeof(struct list_line)), .count = count};
    for (size_t i = 0; i < count; i++) {
        out_order->lines[i].row = keyed[i].row;
    }
    memory_free(&keyed);
}

/* --- which rows: an account's side by side */

static int compare_accounts(const struct handout_row *a, const struct handout_row *b)
{
    int difference = compare_numbers(a->academy.v, b->academy.v);
    return difference != 0 ? difference : compare_numbers(a->id.v, b->id.v);
}

static int rows_by_account(const void *left, const void *right)
{
    return compare_accounts(*(const struct handout_row *const *)left, *(const struct handout_row *const *)right);
}

static bool is_in_class(const struct handout_row *row, const char *class)
{
    return strcmp(row->pupil.class, class) == 0;
}

/* Those of one account that are kept, moved to `out_rows`; gives how many. */
static size_t account_keep(
    const struct handout_row *const *rows, size_t count, const char *class, const struct handout_row **out_rows)
{
    size_t kept = 0;
    bool any = false;
    for (size_t i = 0; i < count && !any; i++) {
        any = class[0] != '\0' && is_in_class(rows[i], class);
    }
    for (size_t i = 0; i < count; i++) {
        if (!any || is_in_class(rows[i], class)) {
            out_rows[kept++] = rows[i];
        }
    }
    return kept;
}

/* Freed by the caller. */
static const struct handout_row **rows_choose(const struct handout *handout, const char *class, size_t *out_count)
{
    const struct handout_row **rows = checked_calloc(handout->count + 1, sizeof(struct handout_row *));
    for (size_t i = 0; i < handout->count; i++) {
        rows[i] = &handout->rows[i];
    }
    qsort(rows, handout->count, sizeof(struct handout_row *), rows_by_account);
    *out_count = 0;
    for (size_t first = 0, end; first < handout->count; first = end) {
        for (end = first + 1; end < handout->count && list_is_same_account(rows[first], rows[end]); end++) {
        }
        *out_count += account_keep(rows + first, end - first, class, rows + *out_count);
    }
    return rows;
}

/* --- marks: an account's lines side by side, still in the order of the list */

static int by_account(const void *left, const void *right)
{
    const struct list_line *a = *(struct list_line *const *)left;
    const struct list_line *b = *(struct list_line *const *)right;
    int difference = compare_accounts(a->row, b->row);
    return difference != 0 ? difference : (a > b) - (a < b);
}

static bool is_same_class(const struct handout_row *a, const struct handout_row *b)
{
    return is_in_class(a, b->pupil.class);
}

static void lines_mark(struct list_order *order)
{
    struct list_line **lines = checked_calloc(order->count + 1, sizeof(struct list_line *));
    for (size_t i = 0; i < order->count; i++) {
        lines[i] = &order->lines[i];
    }
    qsort(lines, order->count, sizeof(struct list_line *), by_account);
    for (size_t i = 0; i < order->count; i++) {
        const struct handout_row *row = lines[i]->row;
        bool is_again = i > 0 && list_is_same_account(row, lines[i - 1]->row) && is_same_class(row, lines[i - 1]->row);
        bool is_here = strcmp(row->sheet_class, row->pupil.class) == 0;
        lines[i]->mark = is_again ? LIST_MARK_ABOVE : is_here ? LIST_MARK_HERE : LIST_MARK_ELSEWHERE;
    }
    memory_free(&lines);
}

static void classes_make(struct list_order *order)
{
    order->classes = checked_calloc(order->count + 1, sizeof *order->classes);
    for (size_t i = 0; i < order->count; i++) {
        const struct handout_row *row = order->lines[i].row;
        bool begins = i == 0 || !is_same_class(row, order->lines[i - 1].row);
        if (begins) {
            order->classes[order->class_count++] = (struct list_class){.label = row->pupil.class, .first = i};
        }
        struct list_class *class = &order->classes[order->class_count - 1];
        class->count++;
        class->pupils += begins || !list_is_same_pupil(row, order->lines[i - 1].row);
        class->accounts += order->lines[i].mark != LIST_MARK_ABOVE;
    }
}

void list_order_by_class(const struct handout *handout, const char *class, struct list_order *out_order)
{
    size_t count;
    const struct handout_row **rows = rows_choose(handout, class, &count);
    lines_make(rows, count, by_class, out_order);
    lines_mark(out_order);
    classes_make(out_order);
    memory_free(&rows);
}

void list_order_by_name(const struct handout *handout, struct list_order *out_order)
{
    size_t count;
    const struct handout_row **rows = rows_choose(handout, "", &count);
    lines_make(rows, count, by_name, out_order);
    memory_free(&rows);
}

void list_order_clear(struct list_order *order)
{
    memory_free(&order->lines);
    memory_free(&order->classes);
}
