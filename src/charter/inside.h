/* charter/inside.h - between the files of this room. */
#ifndef CHARTER_INSIDE_H
#define CHARTER_INSIDE_H
#include "charter/charter.h"

/* The set of what an asker is to a case, as a rule's `askers`. */
uint32_t charter_askers(bool owner, bool residence, bool home);
/* Decides when all of that is known; places, the case's and the charter's, are not looked at. */
void charter_decide_as(const struct charter *, uint32_t askers, const struct charter_case *, struct charter_decision *out);
#endif
