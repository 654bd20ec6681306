#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32

void sha256(uint8_t digest[SHA256_LEN], const void *data, size_t len);

#endif
