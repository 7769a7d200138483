/* worker/boxes.h - the outermost boxes of an MP4 or MOV file (ISO/IEC 14496-12, 4.2). */
#ifndef WORKER_BOXES_H
#define WORKER_BOXES_H
#include <stdbool.h>

#include "input.h"

/* Is there a whole box of this type?  False where a box claims to go on behind the end. */
bool boxes_have(struct input *, const char type[4]);
#endif
