/* preauctl doctor: files with secrets, keys, and the folders that daemons write into. */
#include "ctl/doctor.h"

#include "bus/configured.h"
#include "bus/curve.h"
#include "crypto/key.h"
#include "crypto/random.h"
#include "runtime/cleanup.h"
#include "runtime/credential.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/server_state.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { LOOK_SECONDS = 10 };
enum { ACCESS_DENIED = 1, ACCESS_GONE = 2 };

/* --- may that daemon? --- */

struct wanted {
    const char *path;
    int mode; /* of access(2) */
};

static int access_as(void *arg, FILE *out)
{
    const struct wanted *wanted = arg;
    if (access(wanted->path, wanted->mode) == 0)
        return 0;
    int error = errno;
    char reason[96];
    (void)fputs(strerror_r(error, reason, sizeof reason), out);
    return error == ENOENT ? ACCESS_GONE : ACCESS_DENIED;
}

static bool check_access(struct doctor *doctor, const struct house_daemon *daemon, const char *path, int mode)
{
    struct wanted wanted = {path, mode};
    _cleanup_(memory_free) char *said = NULL;
    int code = doctor_look_as(daemon->account, LOOK_SECONDS, access_as, &wanted, &said);
    if (code == 0)
        return true;
    doctor_find(doctor, DOCTOR_BROKEN, "%s : %s ne peut pas le %s (%s)", path, daemon->account,
        (mode & W_OK) != 0 ? "lire et l’écrire" : "lire",
        code < 0                         ? "pas de réponse du disque"
        : code == DOCTOR_LOOK_NOT_BECOME ? "ce compte ne peut pas être pris"
                                         : said);
    if (code == ACCESS_GONE)
        doctor_advise(
            doctor, "rétablissez %s, ou corrigez la clef qui le nomme ; est-ce un disque qui n’est pas monté ?", path);
    else
        doctor_advise(doctor, "donnez-le à %s (chown, chmod) ; ls -ld %s dit à qui il est", daemon->account, path);
    return false;
}

/* --- secrets --- */

struct counting {
    struct doctor *doctor;
    unsigned count;
};

/* Whoever owns a file may change it, and its mode: root, a daemon, or whoever looks. */
static void check_owner(struct doctor *doctor, const char *path, uid_t owner)
{
    if (owner == 0 || owner == geteuid())
        return;
    const struct passwd *entry = getpwuid(owner);
    for (size_t i = 0; entry != NULL && i < HOUSE_COUNT; i++)
        if (strcmp(entry->pw_name, house_daemons[i].account) == 0)
            return;
    doctor_find(doctor, DOCTOR_LOOK, "%s appartient à %s (uid %u), qui n’est ni root ni un démon", path,
        entry != NULL ? entry->pw_name : "un compte inconnu", (unsigned)owner);
    doctor_advise(doctor, "chown root %s, en laissant au démon le droit de le lire par son groupe", path);
}

/* Who may read it: its owner, and a group at most; and the daemon that needs it. */
static void check_secret(
    struct counting *counting, const char *key, const char *path, const struct house_daemon *daemon)
{
    struct doctor *doctor = counting->doctor;
    struct stat found;
    counting->count++;
    if (credential_name(path) != NULL)
        return; /* systemd's: whether the daemon has it is told where its configuration is read as it does (doctor_config.c) */
    if (stat(path, &found) != 0) {
        char reason[96];
        doctor_find(doctor, DOCTOR_BROKEN, "%s (%s) : %s", path, key, strerror_r(errno, reason, sizeof reason));
        doctor_advise(doctor, "rétablissez ce fichier, ou retirez la clef %s", key);
        return;
    }
    if ((found.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s (%s) : %s (mode %04o)", path, key,
            (found.st_mode & S_IROTH) != 0 ? "n’importe quel compte peut le lire"
                                           : "d’autres que son propriétaire y ont trop de droits",
            (unsigned)found.st_mode & 07777U);
        doctor_advise(doctor, "chmod g-w,o-rwx %s ; si d’autres ont pu le lire, changez ce secret", path);
    }
    check_owner(doctor, path, found.st_uid);
    if (daemon != NULL)
        (void)check_access(doctor, daemon, path, R_OK);
}

static void check_secret_key(
    struct counting *counting, const struct config *config, enum config_key key, const struct house_daemon *daemon)
{
    if (config_is_set(config, key))
        check_secret(counting, config_key_name(key), config_text(config, key), daemon);
}

static void check_titled_secrets(struct counting *counting, const char *section, enum config_key key)
{
    const struct config *config = counting->doctor->config;
    for (size_t i = 0; i < config_titled_count(config, section); i++)
        check_secret_key(counting, config_titled(config, section, i), key, &house_daemons[HOUSE_LINK]);
}

/* A password in the configuration's own text is read by all that read it. */
static void check_conninfo(struct counting *counting, enum config_key key)
{
    const char *conninfo = config_text(counting->doctor->config, key);
    _cleanup_(memory_free) char *password = conninfo_value(conninfo, "password");
    _cleanup_(memory_free) char *passfile = conninfo_value(conninfo, "passfile");
    if (password != NULL) {
        secret_wipe(password, strlen(password));
        doctor_find(counting->doctor, DOCTOR_LOOK, "%s contient un mot de passe", config_key_name(key));
        doctor_advise(
            counting->doctor, "mettez-le dans un fichier (passfile=…), ou préférez l’authentification « peer »");
    }
    if (passfile != NULL)
        check_secret(counting, config_key_name(key), passfile, NULL);
}

/* The daemon's (NULL: ours, which not every host has). libpq has no use for one that a group reads. */
static void check_passfile(struct counting *counting, const struct house_daemon *daemon)
{
    struct doctor *doctor = counting->doctor;
    struct stat found;
    _cleanup_(memory_free) char *path = house_passfile(doctor->config, daemon != NULL ? daemon->role : HOUSE_CTL_ROLE);
    if (path == NULL || (daemon == NULL && stat(path, &found) != 0))
        return;
    check_secret(counting, config_key_name(CONFIG_DATABASE_PASSFILE_DIRECTORY), path, daemon);
    if (stat(path, &found) == 0 && (found.st_mode & S_IRGRP) != 0) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s : son groupe peut le lire (mode %04o), et PostgreSQL l’ignore donc",
            path, (unsigned)found.st_mode & 07777U);
        doctor_advise(doctor, "chmod 0600 %s", path);
    }
}

static void check_passfiles(struct counting *counting)
{
    for (int i = 0; i < HOUSE_COUNT; i++)
        if (house_is_here(counting->doctor->config, i))
            check_passfile(counting, &house_daemons[i]);
    check_passfile(counting, NULL);
}

/* Every daemon opens the bus with the same one. */
static void check_bus_key(struct counting *counting)
{
    struct doctor *doctor = counting->doctor;
    check_secret_key(counting, doctor->config, CONFIG_BUS_CURVE_SECRET_FILE, NULL);
    if (!config_is_set(doctor->config, CONFIG_BUS_CURVE_SECRET_FILE))
        return;
    for (size_t i = 0; i < HOUSE_COUNT; i++)
        if (house_is_here(doctor->config, (int)i) && doctor_may_become(house_daemons[i].account) &&
            !doctor_given_bus_key(&house_daemons[i]))
            (void)check_access(
                doctor, &house_daemons[i], config_text(doctor->config, CONFIG_BUS_CURVE_SECRET_FILE), R_OK);
}

/* Who reads it commands the daemons: none of them may. */
static void check_operator_key(struct counting *counting)
{
    struct doctor *doctor = counting->doctor;
    const char *path = config_text(doctor->config, CONFIG_OPERATOR_CURVE_SECRET_FILE);
    check_secret_key(counting, doctor->config, CONFIG_OPERATOR_CURVE_SECRET_FILE, NULL);
    for (size_t i = 0; path[0] != '\0' && i < HOUSE_COUNT; i++) {
        struct wanted wanted = {path, R_OK};
        _cleanup_(memory_free) char *said = NULL;
        if (!doctor_may_become(house_daemons[i].account) ||
            doctor_look_as(house_daemons[i].account, LOOK_SECONDS, access_as, &wanted, &said) != 0)
            continue;
        doctor_find(doctor, DOCTOR_BROKEN, "%s (%s) : %s peut la lire, et commander aux autres comme preauctl", path,
            config_key_name(CONFIG_OPERATOR_CURVE_SECRET_FILE), house_daemons[i].account);
        doctor_advise(doctor, "chown root:root %s ; chmod 0600 %s ; puis changez cette clef (cles.md)", path, path);
    }
}

/* Of the ring, files that are keys by their names. */
static void check_ring_files(struct counting *counting)
{
    static const int users[] = {HOUSE_IMPORT, HOUSE_NOTIFY, HOUSE_LINK};
    const char *directory = config_text(counting->doctor->config, CONFIG_KEYS_DIRECTORY);
    DIR *folder = opendir(directory);
    if (folder == NULL)
        return; /* the check of the ring tells it */
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        size_t length = strlen(entry->d_name);
        if (length <= 4 || strcmp(entry->d_name + length - 4, ".key") != 0)
            continue;
        _cleanup_(memory_free) char *path = checked_printf("%s/%s", directory, entry->d_name);
        check_secret(counting, "keys.directory", path, NULL);
        for (size_t i = 0; i < ARRAY_LENGTH(users); i++)
            if (house_is_here(counting->doctor->config, users[i]) &&
                doctor_may_become(house_daemons[users[i]].account) && !doctor_given_ring(&house_daemons[users[i]]))
                (void)check_access(counting->doctor, &house_daemons[users[i]], path, R_OK);
    }
    (void)closedir(folder);
}

void doctor_secrets(struct doctor *doctor, int index)
{
    (void)index;
    struct counting counting = {doctor, 0};
    const struct house_daemon *notifyd = &house_daemons[HOUSE_NOTIFY];
    const struct house_daemon *linkd = &house_daemons[HOUSE_LINK];
    check_ring_files(&counting);
    check_bus_key(&counting);
    check_operator_key(&counting);
    check_secret_key(&counting, doctor->config, CONFIG_NOTIFY_SMTP_PASSWORD_FILE, notifyd);
    check_secret_key(&counting, doctor->config, CONFIG_FRANCECONNECT_CLIENT_SECRET_FILE, linkd);
    check_titled_secrets(&counting, "sms_provider", CONFIG_SMS_PROVIDER_SECRET_FILE);
    check_titled_secrets(&counting, "academy_portal", CONFIG_ACADEMY_PORTAL_CLIENT_SECRET_FILE);
    check_titled_secrets(&counting, "academy_portal", CONFIG_ACADEMY_PORTAL_CLIENT_KEY_FILE);
    check_titled_secrets(&counting, "ent", CONFIG_ENT_SIGNING_KEY_FILE);
    check_titled_secrets(&counting, "ent", CONFIG_ENT_CLIENT_SECRET_FILE);
    check_titled_secrets(&counting, "ent", CONFIG_ENT_CLIENT_KEY_FILE);
    check_conninfo(&counting, CONFIG_DATABASE_CONNINFO);
    check_conninfo(&counting, CONFIG_DATABASE_OWNER_CONNINFO);
    check_passfiles(&counting);
    if (doctor->state == DOCTOR_OK)
        doctor_detail(doctor, "%u", counting.count);
}

/* --- keys --- */

static bool is_ring_wanted(const struct config *config)
{
    return house_is_here(config, HOUSE_IMPORT) || house_is_here(config, HOUSE_NOTIFY) ||
           house_is_here(config, HOUSE_LINK);
}

/* A host of which no daemon seals has none, and should have none. */
static void check_ring(struct doctor *doctor)
{
    enum { PROBLEM_SIZE = 4400 };
    if (!is_ring_wanted(doctor->config))
        return;
    char problem[PROBLEM_SIZE];
    const char *directory = config_text(doctor->config, CONFIG_KEYS_DIRECTORY);
    struct key_ring *ring = crypto_begin() ? key_ring_load(directory, problem, sizeof problem) : NULL;
    if (ring == NULL) {
        doctor_find(doctor, DOCTOR_BROKEN, "%.600s", problem);
        doctor_advise(doctor, "clef perdue : reprenez-la de la sauvegarde ; installation neuve : preauctl key generate "
                              "sealing, puis tokens");
        return;
    }
    key_ring_free(&ring);
}

static bool bus_is_remote(const struct config *config)
{
    for (size_t i = 0; i < HOUSE_COUNT; i++) {
        if (house_daemons[i].bus == CONFIG_KEY_COUNT)
            continue;
        for (const char *const *one = config_list(config, house_daemons[i].bus); *one != NULL; one++)
            if (strncmp(*one, "tcp://", 6) == 0)
                return true;
    }
    return false;
}

static bool serves_here(const struct config *config)
{
    for (int i = 0; i < HOUSE_COUNT; i++)
        if (house_daemons[i].bus != CONFIG_KEY_COUNT && house_is_here(config, i))
            return true;
    return false;
}

/* Whoever is asked admits keys: the host of the portal alone admits nobody. */
static void check_operators(struct doctor *doctor)
{
    if (!bus_is_remote(doctor->config) || !serves_here(doctor->config) ||
        config_is_set(doctor->config, CONFIG_BUS_CURVE_OPERATORS_DIRECTORY))
        return;
    doctor_find(
        doctor, DOCTOR_LOOK, "sur le bus en tcp://, toute clef admise, dont celle du portail, commande comme preauctl");
    doctor_advise(doctor, "faites la clef de qui exploite, et donnez bus.curve_operators_directory (cles.md, Le bus)");
}

static void check_curve(struct doctor *doctor)
{
    struct fault fault = {0};
    struct bus_curve *curve = NULL;
    if (!config_is_set(doctor->config, CONFIG_BUS_CURVE_SECRET_FILE)) {
        if (bus_is_remote(doctor->config)) {
            doctor_find(
                doctor, DOCTOR_BROKEN, "une adresse du bus est en tcp:// et bus.curve_secret_file n’est pas donné");
            doctor_advise(
                doctor, "donnez à chaque démon sa clef CURVE, ou revenez à ipc:// : section bus de configuration.md");
        }
        return;
    }
    check_operators(doctor);
    struct loop *loop = loop_new();
    if (!bus_curve_open_configured(loop, doctor->config, &curve, &fault)) {
        doctor_find(doctor, DOCTOR_BROKEN, "clef CURVE : %s", fault.text);
        doctor_advise(
            doctor, "%s", fault.hint[0] != '\0' ? fault.hint : "section bus de docs/operators/configuration.md");
    }
    if (curve != NULL)
        bus_curve_close(&curve);
    loop_free(&loop);
}

void doctor_keys(struct doctor *doctor, int index)
{
    (void)index;
    check_ring(doctor);
    doctor_given_keys(doctor);
    check_curve(doctor);
    if (doctor->state == DOCTOR_OK)
        doctor_detail(doctor, "%s",
            is_ring_wanted(doctor->config) ? config_text(doctor->config, CONFIG_KEYS_DIRECTORY)
                                           : "aucun démon d’ici n’a de trousseau");
}

/* --- folders --- */

static void check_room(struct doctor *doctor, const char *path, size_t least)
{
    struct statvfs disk;
    if (statvfs(path, &disk) != 0)
        return; /* its rights were told */
    uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (left < least) {
        doctor_find(doctor, DOCTOR_LOOK, "%s : il reste %llu Mio, moins que import.disk_free_min", path,
            (unsigned long long)(left >> 20U));
        doctor_advise(doctor, "faites de la place, ou agrandissez ce disque : à zéro, l’intégration s’arrête");
    }
    if (disk.f_files > 0 && disk.f_favail * 50 < disk.f_files) {
        doctor_find(doctor, DOCTOR_LOOK, "%s : il ne reste que %llu inodes", path, (unsigned long long)disk.f_favail);
        doctor_advise(doctor, "beaucoup de petits fichiers occupent ce disque : df -i %s", path);
    }
}

void doctor_folders(struct doctor *doctor, int index)
{
    (void)index;
    static const struct {
        enum config_key key;
        int daemon;
    } folders[] = {
        {CONFIG_IMPORT_INBOX_DIRECTORY,   HOUSE_IMPORT},
        {CONFIG_IMPORT_ARCHIVE_DIRECTORY, HOUSE_IMPORT},
        {CONFIG_IMPORT_WORK_DIRECTORY,    HOUSE_IMPORT},
        {CONFIG_NOTIFY_RETURN_MAILDIR,    HOUSE_NOTIFY},
    };
    size_t least = config_size(doctor->config, CONFIG_IMPORT_DISK_FREE_MIN);
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        if (!config_is_set(doctor->config, folders[i].key) || !house_is_here(doctor->config, folders[i].daemon))
            continue;
        const char *path = config_text(doctor->config, folders[i].key);
        if (check_access(doctor, &house_daemons[folders[i].daemon], path, R_OK | W_OK | X_OK))
            check_room(doctor, path, least);
    }
}
