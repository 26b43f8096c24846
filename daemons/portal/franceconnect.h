/* FranceConnect's button (design system of the State, component "connect"). */
#pragma once

#include "portal/visit.h"
#include "template/template.h"

/* Where the sign-out there ends, and who signs out here is led. */
#define FRANCECONNECT_LEFT "/franceconnect/fin"

/* FRANCECONNECT of the page, and HAS_FRANCECONNECT; nothing where it is not offered. */
void franceconnect_button(const struct visit *visit, struct view *body);

/* The sign-in page of families, with what was refused (family_sign_in.c). */
void family_sign_in_again(struct visit *visit, enum refusal refusal);
