/* preauctl doctor: is the configuration right, and can each daemon read it with the files that it names? */
#include "ctl/doctor.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_SECONDS = 10 };

static void check_mode(struct doctor *doctor, const char *file)
{
    struct stat found;
    if (stat(file, &found) != 0) {
        char reason[96];
        doctor_find(doctor, DOCTOR_BROKEN, "%s : %s", file, strerror_r(errno, reason, sizeof reason));
        doctor_advise(doctor, "rétablissez ce fichier ; tous les démons le lisent");
    } else if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s : %s peut l’écrire (mode %04o)", file,
            (found.st_mode & S_IWOTH) != 0 ? "n’importe quel compte" : "son groupe", (unsigned)found.st_mode & 07777U);
        doctor_advise(doctor, "chmod go-w %s", file);
    }
}

void doctor_config(struct doctor *doctor, int index)
{
    (void)index;
    const struct ctl *ctl = doctor->ctl;
    struct config_problems problems = {0};
    struct config *config = config_load(ctl->files, ctl->file_count, NULL, &problems);
    config_free(&config);
    for (size_t i = 0; i < problems.count; i++) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s", problems.texts[i]);
        doctor_advise(doctor, "corrigez cette ligne : docs/operators/configuration.md dit chaque clef");
    }
    config_problems_clear(&problems);
    for (size_t i = 0; i < ctl->file_count; i++)
        check_mode(doctor, ctl->files[i]);
    if (doctor->zone_is_unknown) {
        doctor_find(doctor, DOCTOR_BROKEN, "time.zone : ce système ne connaît pas %s",
            config_text(doctor->config, CONFIG_TIME_ZONE));
        doctor_advise(doctor, "apt-get install tzdata, ou corrigez time.zone");
    }
    if (ctl->file_count == 0) {
        doctor_find(doctor, DOCTOR_LOOK, "aucun fichier : /etc/preau/preau.conf n’existe pas, tout est d’origine");
        doctor_advise(doctor, "réinstallez preau-common, ou dites votre fichier par --config");
    } else if (doctor->state == DOCTOR_OK) {
        doctor_detail(doctor, "%s%s", ctl->files[0], ctl->file_count > 1 ? " et d’autres" : "");
    }
}

struct reading {
    const struct ctl *ctl;
    const struct house_daemon *daemon;
};

/* As --check-config of that daemon does. */
static int read_as(void *arg, FILE *out)
{
    const struct reading *reading = arg;
    struct config_problems problems = {0};
    doctor_given_environment(reading->daemon);
    struct config *config =
        config_load(reading->ctl->files, reading->ctl->file_count, reading->daemon->sections, &problems);
    for (size_t i = 0; i < problems.count; i++)
        (void)fprintf(out, "%s\n", problems.texts[i]);
    bool is_right = config != NULL;
    config_free(&config);
    config_problems_clear(&problems);
    return is_right ? 0 : 1;
}

static void tell_problems(struct doctor *doctor, const struct house_daemon *daemon, char *said)
{
    char *rest = NULL;
    for (char *line = strtok_r(said, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s, lu par %s : %s", daemon->name,
            doctor_may_become(daemon->account) ? daemon->account : "vous", line);
        doctor_advise(
            doctor, "%s ne démarrerait pas : rétablissez ce fichier ou ce dossier, ou ses droits", daemon->name);
    }
}

/* Installed here, and systemd finds no account to start it under. */
static bool is_without_account(const struct house_daemon *daemon)
{
    _cleanup_(memory_free) char *unit = checked_printf("/lib/systemd/system/%s.service", daemon->name);
    return geteuid() == 0 && access(unit, F_OK) == 0 && getpwnam(daemon->account) == NULL;
}

void doctor_config_of_daemons(struct doctor *doctor, int index)
{
    (void)index;
    for (size_t i = 0; i < HOUSE_COUNT; i++) {
        const struct house_daemon *daemon = &house_daemons[i];
        if (!house_is_here(doctor->config, (int)i))
            continue;
        if (is_without_account(daemon)) {
            doctor_find(doctor, DOCTOR_BROKEN, "%s : le compte %s n’existe pas", daemon->name, daemon->account);
            doctor_advise(doctor, "systemd-sysusers, ou réinstallez le paquet de ce démon");
            continue;
        }
        struct reading reading = {doctor->ctl, daemon};
        _cleanup_(memory_free) char *said = NULL;
        int code = doctor_look_as(daemon->account, LOOK_SECONDS, read_as, &reading, &said);
        if (code == DOCTOR_LOOK_NOT_BECOME) {
            doctor_find(
                doctor, DOCTOR_BROKEN, "%s : le compte %s ne peut pas être pris", daemon->name, daemon->account);
            doctor_advise(doctor, "lancez preauctl doctor en root, hors d’un conteneur qui l’interdit");
        } else if (code < 0) {
            doctor_find(doctor, DOCTOR_BROKEN, "%s : la lecture n’a pas fini en %d s", daemon->name, LOOK_SECONDS);
            doctor_advise(doctor, "un disque ou un partage de fichiers ne répond sans doute plus");
        } else if (code != 0) {
            tell_problems(doctor, daemon, said);
        }
    }
}
