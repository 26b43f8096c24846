/* preauctl doctor: does each service answer on the bus, as its clients would call it? All are asked together. */
#include "ctl/doctor.h"

#include "bus/configured.h"
#include "bus/curve.h"
#include "import.pb-c.h"
#include "link.pb-c.h"
#include "notify.pb-c.h"
#include "runtime/cleanup.h"
#include "runtime/loop.h"
#include "runtime/status.h"
#include "statistics.pb-c.h"

#include <string.h>

#define LOOK_EVERY MILLISECONDS(50)
#define PATIENCE SECONDS(4)

struct asking {
    struct loop *loop;
    struct status *status; /* of nobody: clients tell there whether their service is there */
    struct tick begun;
};

static void look(void *arg)
{
    struct asking *asking = arg;
    const char *troubled[HOUSE_COUNT];
    bool is_over = clock_since(asking->begun).us >= PATIENCE.us;
    if (is_over || status_troubled(asking->status, troubled, ARRAY_LENGTH(troubled)) == 0)
        loop_stop(asking->loop, 0);
}

static void find_silent(struct doctor *doctor, const struct status *status)
{
    const char *troubled[HOUSE_COUNT];
    size_t count = status_troubled(status, troubled, ARRAY_LENGTH(troubled));
    for (size_t i = 0; i < HOUSE_COUNT; i++) {
        const struct house_daemon *daemon = &house_daemons[i];
        for (size_t n = 0; n < count; n++) {
            if (strcmp(troubled[n], daemon->name) != 0)
                continue;
            const char *address = config_list(doctor->config, daemon->bus)[0];
            bool is_up = doctor->answers[i].status != NULL;
            doctor_find(doctor, DOCTOR_BROKEN, "%s ne répond pas à %s", daemon->name,
                address != NULL ? address : "(aucune adresse)");
            doctor_advise(doctor, "%s",
                is_up ? "il tourne : son adresse (section bus) ou les clefs CURVE ne sont pas les mêmes des deux "
                        "côtés, ou les droits de la prise"
                : !house_is_here(doctor->config, (int)i)
                    ? "il est sur une autre machine : tourne-t-il, son adresse (section bus) est-elle joignable d’ici, "
                      "et les clefs CURVE sont-elles les mêmes des deux côtés ?"
                    : "il est arrêté : démarrez-le");
        }
    }
}

static bool clients_open(struct asking *asking, const struct config *config, struct bus_curve *curve,
    struct client **clients, struct fault *fault)
{
    static const ProtobufCServiceDescriptor *const services[HOUSE_COUNT] = {
        [HOUSE_IMPORT] = &preau__import__import__descriptor,
        [HOUSE_NOTIFY] = &preau__notify__notify__descriptor,
        [HOUSE_LINK] = &preau__link__link__descriptor,
        [HOUSE_STATS] = &preau__statistics__statistics__descriptor,
    };
    for (size_t i = 0; i < HOUSE_COUNT; i++)
        if (services[i] != NULL && !client_open_configured(asking->loop, config, asking->status, house_daemons[i].bus,
                                       services[i], house_daemons[i].name, curve, &clients[i], fault))
            return false;
    return true;
}

static bool ask_all(struct doctor *doctor, struct asking *asking, struct bus_curve *curve, struct fault *fault)
{
    struct client *clients[HOUSE_COUNT] = {NULL};
    bool is_open = clients_open(asking, doctor->config, curve, clients, fault);
    if (is_open) {
        asking->begun = clock_tick();
        struct timer *timer = loop_every(asking->loop, LOOK_EVERY, look, asking);
        (void)loop_run(asking->loop);
        timer_cancel(&timer);
        find_silent(doctor, asking->status);
    }
    for (size_t i = 0; i < HOUSE_COUNT; i++)
        if (clients[i] != NULL)
            client_close(&clients[i]);
    return is_open;
}

void doctor_bus(struct doctor *doctor, int index)
{
    (void)index;
    struct fault fault = {0};
    struct bus_curve *curve = NULL;
    struct asking asking = {.loop = loop_new(), .status = status_new("preauctl")};
    if (!bus_curve_open_operator(asking.loop, doctor->config, &curve, &fault) ||
        !ask_all(doctor, &asking, curve, &fault)) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s", fault.text);
        doctor_advise(
            doctor, "%s", fault.hint[0] != '\0' ? fault.hint : "section bus de docs/operators/configuration.md");
    }
    if (curve != NULL)
        bus_curve_close(&curve);
    status_free(&asking.status);
    loop_free(&asking.loop);
    if (doctor->state == DOCTOR_OK)
        doctor_detail(doctor, "les quatre services répondent");
}
