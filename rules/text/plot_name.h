/* Names in pictures. */
#ifndef CW_TEXT_PLOT_NAME_H
#define CW_TEXT_PLOT_NAME_H

#include "base/strview.h"

/* A file's name without folder and what follows its last dot, made valid UTF-8 (other
 * bytes become U+FFFD). Returns owned. */
char *plot_name(const char *path);

/* The whole text made valid UTF-8. Returns owned. */
char *plot_text(struct strview s);

#endif
