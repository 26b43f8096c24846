#include "portal/online_services.h"

#include "domain/name.h"
#include "portal/handlers.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PICTURE_SIZE_MAX = 48 * 1024, NAMES_SIZE = 300 };
#define PICTURE_AGE HOURS(1)
static const char section[] = "online_service";

struct online_service {
    const char *name, *description, *address;
    const char *picture; /* "" the house's own */
    struct service_audience audience;
    academy_code *academies;
    struct uai *schools;
};

struct online_services {
    struct online_service *list;
    size_t count;
    const char *pictures; /* folder */
};

static bool wrong(struct fault *fault, const char *key, const char *value, const char *hint)
{
    (void)fault_set(fault, FAULT_CONFIG, "%s : « %s »", key, value);
    return fault_hint(fault, "%s", hint);
}

static bool read_profiles(const struct config *config, struct online_service *service, struct fault *fault)
{
    for (const char *const *word = config_list(config, CONFIG_ONLINE_SERVICE_PROFILES); *word; word++) {
        enum account_profile profile;
        if (!profile_from_code(*word, &profile)) {
            return wrong(fault, "profiles", *word, "Écrire responsable, eleve, ou les deux.");
        }
        service->audience.profiles |= 1u << profile;
    }
    return true;
}

static bool read_degrees(const struct config *config, struct online_service *service, struct fault *fault)
{
    for (const char *const *word = config_list(config, CONFIG_ONLINE_SERVICE_DEGREES); *word; word++) {
        if (strcmp(*word, "1") != 0 && strcmp(*word, "2") != 0) {
            return wrong(fault, "degrees", *word, "Écrire 1 pour les écoles, 2 pour les collèges et les lycées.");
        }
        service->audience.degrees |= 1u << (strcmp(*word, "1") == 0 ? DEGREE_1 : DEGREE_2);
    }
    return true;
}

static size_t count_of(const char *const *words)
{
    size_t count = 0;
    while (words[count]) {
        count++;
    }
    return count;
}

static bool read_academies(const struct config *config, struct online_service *service, struct fault *fault)
{
    const char *const *words = config_list(config, CONFIG_ONLINE_SERVICE_ACADEMIES);
    service->academies = checked_calloc(count_of(words) + 1, sizeof *service->academies);
    service->audience.academies = service->academies;
    for (; *words; words++) {
        if (!academy_parse(*words, &service->academies[service->audience.academy_count])) {
            return wrong(fault, "academies", *words, "Écrire le code d’une académie (10) ou son nom (Lyon).");
        }
        service->audience.academy_count++;
    }
    return true;
}

static bool read_schools(const struct config *config, struct online_service *service, struct fault *fault)
{
    const char *const *words = config_list(config, CONFIG_ONLINE_SERVICE_SCHOOLS);
    service->schools = checked_calloc(count_of(words) + 1, sizeof *service->schools);
    service->audience.schools = service->schools;
    for (; *words; words++) {
        if (!uai_parse(*words, &service->schools[service->audience.school_count])) {
            return wrong(
                fault, "schools", *words, "Écrire un numéro UAI : sept chiffres et leur lettre, comme 0690001B.");
        }
        service->audience.school_count++;
    }
    return true;
}

static bool read_picture(const struct online_services *services, const struct config *config,
    struct online_service *service, struct fault *fault)
{
    struct stat stat_;
    service->picture = config_text(config, CONFIG_ONLINE_SERVICE_PICTURE);
    if (service->picture[0] == '\0') {
        return true;
    }
    if (services->pictures[0] == '\0') {
        return wrong(fault, "picture", service->picture, "Nommer le dossier des images : portal.service_pictures.");
    }
    if (!service_picture_is_valid(service->picture)) {
        return wrong(fault, "picture", service->picture,
            "Écrire un nom de fichier sans dossier ni accent, en .svg, .png, .jpg ou .webp.");
    }
    _cleanup_(memory_free) char *path = checked_printf("%s/%s", services->pictures, service->picture);
    if (lstat(path, &stat_) != 0 || !S_ISREG(stat_.st_mode)) {
        return wrong(fault, "picture", path, "Ce fichier n’est pas là.");
    }
    return stat_.st_size <= PICTURE_SIZE_MAX ||
           wrong(
               fault, "picture", path, "L’alléger : 48 Kio au plus, des familles l’attendent sur un vieux téléphone.");
}

static bool read_service(const struct online_services *services, const struct config *config,
    struct online_service *service, struct fault *fault)
{
    service->name = config_text(config, CONFIG_ONLINE_SERVICE_NAME);
    service->description = config_text(config, CONFIG_ONLINE_SERVICE_DESCRIPTION);
    service->address = config_text(config, CONFIG_ONLINE_SERVICE_ADDRESS);
    if (service->name[0] == '\0') {
        return wrong(fault, "name", "", "Écrire le nom que les familles liront.");
    }
    if (service->address[0] == '\0') {
        return wrong(fault, "address", "", "Écrire l’adresse où mène le service, en https://.");
    }
    return read_profiles(config, service, fault) && read_degrees(config, service, fault) &&
           read_academies(config, service, fault) && read_schools(config, service, fault) &&
           read_picture(services, config, service, fault);
}

bool online_services_read(const struct config *config, struct online_services **out_services, struct fault *fault)
{
    struct online_services *services = *out_services = checked_calloc(1, sizeof *services);
    services->pictures = config_text(config, CONFIG_PORTAL_SERVICE_PICTURES);
    services->count = config_titled_count(config, section);
    services->list = checked_calloc(services->count + 1, sizeof *services->list);
    for (size_t i = 0; i < services->count; i++) {
        if (!read_service(services, config_titled(config, section, i), &services->list[i], fault)) {
            return fault_add(fault, "%s \"%s\"", section, config_title(config, section, i));
        }
    }
    return true;
}

void online_services_free(struct online_services **services)
{
    if (*services) {
        for (size_t i = 0; i < (*services)->count; i++) {
            memory_free(&(*services)->list[i].academies);
            memory_free(&(*services)->list[i].schools);
        }
        memory_free(&(*services)->list);
        memory_free(services);
    }
}

/* ---- on a desk */

static bool fits_pupil(
    const struct online_service *service, enum account_profile profile, const struct served_pupil *pupil)
{
    for (size_t i = 0; i < pupil->place_count; i++) {
        if (service_fits(&service->audience, profile, &pupil->places[i])) {
            return true;
        }
    }
    return false;
}

/* For how many it is; their first names, one a line. */
static size_t whom(const struct online_service *service, enum account_profile profile,
    const struct served_pupil *pupils, size_t count, char out_names[NAMES_SIZE])
{
    size_t fitting = 0, used = 0;
    out_names[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (!fits_pupil(service, profile, &pupils[i])) {
            continue;
        }
        struct name_text name;
        fitting++;
        if (name_display(pupils[i].prenom, &name) && used + strlen(name.text) + 2 < NAMES_SIZE) {
            used += (size_t)snprintf(out_names + used, NAMES_SIZE - used, "%s%s", used > 0 ? ", " : "", name.text);
        }
    }
    return fitting;
}

static void service_fill(
    const struct visit *visit, struct view *list, const struct online_service *service, const char *names)
{
    struct view *view = view_add(list, "SERVICE");
    view_set(view, "SERVICE_NAME", service->name);
    view_set(view, "SERVICE_ADDRESS", service->address);
    if (service->picture[0] != '\0') {
        view_print(view, "PICTURE", "/images/%s", service->picture);
    } else {
        view_print(view, "PICTURE", "%s/service.svg", assets_prefix(visit->portal->assets));
    }
    if (service->description[0] != '\0') {
        view_set(view_add(view, "DESCRIBED"), "DESCRIPTION", service->description);
    }
    if (names) {
        view_set(view_add(view, "FOR"), "FOR_WHOM", names);
    }
}

void online_services_show(const struct visit *visit, struct view *body, enum account_profile profile,
    const struct served_pupil *pupils, size_t count)
{
    const struct online_services *services = visit->portal->online_services;
    struct view *list = NULL;
    for (size_t i = 0; i < services->count; i++) {
        char names[NAMES_SIZE];
        size_t fitting = whom(&services->list[i], profile, pupils, count, names);
        if (fitting > 0) {
            list = list ? list : view_add(body, "SERVICES");
            service_fill(visit, list, &services->list[i], fitting < count ? names : NULL);
        }
    }
    if (!list && services->count > 0) {
        view_show(body, "NO_SERVICE");
    }
}

/* ---- pictures */

static bool is_declared(const struct online_services *services, const char *name)
{
    for (size_t i = 0; i < services->count; i++) {
        if (strcmp(services->list[i].picture, name) == 0) {
            return true;
        }
    }
    return false;
}

void picture_send(struct visit *visit)
{
    const struct online_services *services = visit->portal->online_services;
    struct http_request *request = visit->request;
    const char *name = arena_copy(visit_arena(visit), visit->path.rest);
    bool is_there = is_declared(services, name) && name[0] != '\0';
    visit_end(visit, is_there ? 200 : 404);
    if (is_there) {
        http_reply_file(request, services->pictures, name, PICTURE_AGE);
    } else {
        http_set_security_headers(request);
        http_reply_text(request, 404, "Introuvable.\n");
    }
}
