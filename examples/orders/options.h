#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

/* False unless text is a decimal number in the range. */
bool option_int(const char *text, int min, int max, int *value);

#endif
