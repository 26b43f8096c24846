#include "link/delivery_wanted.h"

#include "bus/event.h"
#include "event.pb-c.h"

void delivery_wanted_tell(const struct link *link, academy_code academy)
{
    Preau__Event__DeliveryWanted event = PREAU__EVENT__DELIVERY_WANTED__INIT;
    event.academy = (uint32_t)academy.v;
    publisher_tell(link->publisher, "delivery.wanted", &event.base);
}
