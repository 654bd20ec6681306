#ifndef CATALOG_H
#define CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CATEGORIES            6
#define PRODUCTS_PER_CATEGORY 640
#define PRODUCTS              (CATEGORIES * PRODUCTS_PER_CATEGORY)
#define PRICE_TIERS           4
#define SKU_LEN               12

struct product {
	uint64_t key;
	char sku[SKU_LEN + 1];
	char name[32];
	int category;
	int tax_permille;
	int64_t price[PRICE_TIERS]; /* in cents, from the smallest quantity up */
};

/* Builds the table; it is only read afterwards. */
void catalog_init(void);

const struct product *catalog_row(size_t index);

/* NULL when the catalog has no such product; key is from sku_key(). */
const struct product *catalog_find(uint64_t key);

/* False unless the text is "AAA-999999-X" with the right check character. */
bool sku_key(const char *sku, size_t len, uint64_t *key);

#endif
