#ifndef OUTLINE_H
#define OUTLINE_H

/*
 * A profile names functions, so the steps worth telling apart must not
 * disappear into their callers.
 */
#define OUTLINE __attribute__((noinline))

#endif
