/* preauctl doctor: what systemd gave to daemons at their start (LoadCredential=): found where it put it, and compared with the ring. */
#include "ctl/doctor.h"

#include "runtime/cleanup.h"
#include "runtime/credential.h"
#include "runtime/key_file.h"
#include "runtime/memory.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The caller frees. NULL: it gave nothing, or we may not look. */
static char *given_folder(const struct house_daemon *daemon)
{
    const char *own = credential_directory();
    _cleanup_(memory_free) char *folder =
        own != NULL ? checked_strdup(own) : checked_printf("/run/credentials/%s.service", daemon->name);
    return access(folder, R_OK | X_OK) == 0 ? TAKE(folder) : NULL;
}

static bool is_key(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".key") == 0;
}

/* A folder of keys, and what stands before their names there. */
struct side {
    const char *folder, *prefix;
};
typedef void tell_name(struct doctor *doctor, const struct house_daemon *daemon, const char *name);

/* Tells each key of a side that the other has not (tell: NULL, none). Gives how many the first has. */
static size_t compare(
    struct doctor *doctor, const struct house_daemon *daemon, struct side of, struct side with, tell_name *tell)
{
    DIR *list = opendir(of.folder);
    size_t count = 0;
    if (list == NULL)
        return 0;
    for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        if (strncmp(entry->d_name, of.prefix, strlen(of.prefix)) != 0 || !is_key(entry->d_name))
            continue;
        const char *name = entry->d_name + strlen(of.prefix);
        _cleanup_(memory_free) char *there = checked_printf("%s/%s%s", with.folder, with.prefix, name);
        count++;
        if (tell != NULL && access(there, F_OK) != 0)
            tell(doctor, daemon, name);
    }
    (void)closedir(list);
    return count;
}

static bool has_ring(const char *folder)
{
    const struct side given = {folder, KEY_FILE_GIVEN};
    return compare(NULL, NULL, given, given, NULL) > 0;
}

bool doctor_given_ring(const struct house_daemon *daemon)
{
    _cleanup_(memory_free) char *folder = given_folder(daemon);
    return folder != NULL && has_ring(folder);
}

/* Under the name that docs/operators/cles.md gives it. */
bool doctor_given_bus_key(const struct house_daemon *daemon)
{
    _cleanup_(memory_free) char *folder = given_folder(daemon);
    _cleanup_(memory_free) char *file = folder != NULL ? checked_printf("%s/bus.key", folder) : NULL;
    return file != NULL && access(file, R_OK) == 0;
}

void doctor_given_environment(const struct house_daemon *daemon)
{
    _cleanup_(memory_free) char *folder = given_folder(daemon);
    if (folder == NULL)
        return;
    _cleanup_(memory_free) char *bus_key = checked_printf("%s/bus.key", folder);
    (void)setenv("CREDENTIALS_DIRECTORY", folder, 1);
    if (has_ring(folder))
        (void)setenv("PREAU_KEYS_DIRECTORY", folder, 1);
    if (access(bus_key, R_OK) == 0)
        (void)setenv("PREAU_BUS_CURVE_SECRET_FILE", bus_key, 1);
}

static void tell_unread(struct doctor *doctor, const struct house_daemon *daemon, const char *name)
{
    doctor_find(doctor, DOCTOR_LOOK, "%s : %s ne l’a pas lue, il était lancé avant", name, daemon->name);
    doctor_advise(doctor,
        "systemctl restart %s ; ou LoadCredential=keys: de son unité nomme un autre dossier que keys.directory",
        daemon->name);
}

static void tell_kept(struct doctor *doctor, const struct house_daemon *daemon, const char *name)
{
    doctor_find(doctor, DOCTOR_LOOK, "%s : %s travaille encore avec elle, qui n’est plus dans keys.directory", name,
        daemon->name);
    doctor_advise(doctor, "systemctl restart %s, si elle n’a plus à servir (preauctl key list)", daemon->name);
}

void doctor_given_keys(struct doctor *doctor)
{
    static const int users[] = {HOUSE_IMPORT, HOUSE_NOTIFY, HOUSE_LINK};
    const struct side ring = {config_text(doctor->config, CONFIG_KEYS_DIRECTORY), ""};
    for (size_t i = 0; i < ARRAY_LENGTH(users); i++) {
        const struct house_daemon *daemon = &house_daemons[users[i]];
        _cleanup_(memory_free) char *folder = given_folder(daemon);
        if (folder == NULL || !has_ring(folder))
            continue;
        const struct side given = {folder, KEY_FILE_GIVEN};
        (void)compare(doctor, daemon, ring, given, tell_unread);
        (void)compare(doctor, daemon, given, ring, tell_kept);
    }
}
