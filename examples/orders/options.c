#include <errno.h>
#include <stdlib.h>

#include "options.h"

bool option_int(const char *text, int min, int max, int *value)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < min || n > max)
		return false;
	*value = (int)n;
	return true;
}
