#include <string.h>

#include "catalog.h"
#include "outline.h"
#include "rng.h"
#include "text.h"

#define CODE_LEN   3
#define NUMBER_LEN 6
#define RADIX      36
#define SEED       0x6f7264657273ULL

/* In alphabetical order, so that rows are generated in the order of their keys. */
static const struct {
	char code[CODE_LEN + 1];
	int tax_permille;
	const char *nouns[4];
} categories[CATEGORIES] = {
	{"BOK", 70, {"atlas", "cookbook", "novel", "handbook"}},
	{"ELC", 190, {"headset", "charger", "desk lamp", "radio"}},
	{"FOD", 70, {"coffee beans", "olive oil", "black tea", "honey"}},
	{"GRD", 190, {"watering can", "pruner", "flower pot", "hose"}},
	{"KIT", 190, {"saucepan", "kettle", "bread knife", "mixing bowl"}},
	{"TOY", 190, {"puzzle", "kite", "building set", "puppet"}},
};

static const char *const qualities[] = {
	"Compact", "Classic", "Folding", "Deluxe", "Everyday", "Travel", "Premium", "Junior",
};

static struct product products[PRODUCTS];

static int sku_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

/* The state of ISO 7064 MOD 37,36 after one more character. */
static int check_step(int state, int digit)
{
	int sum = (state + digit) % RADIX;

	return (sum ? sum : RADIX) * 2 % (RADIX + 1);
}

static bool sku_shape(const char *sku, size_t len)
{
	if (len != SKU_LEN || sku[CODE_LEN] != '-' || sku[SKU_LEN - 2] != '-')
		return false;
	for (size_t i = 0; i < CODE_LEN; i++) {
		if (sku[i] < 'A' || sku[i] > 'Z')
			return false;
	}
	for (size_t i = CODE_LEN + 1; i < SKU_LEN - 2; i++) {
		if (sku[i] < '0' || sku[i] > '9')
			return false;
	}
	return sku_digit(sku[SKU_LEN - 1]) >= 0;
}

/* Walks the characters under the check character; returns the final state. */
static int sku_walk(const char *sku, uint64_t *key)
{
	int state = RADIX;

	*key = 0;
	for (size_t i = 0; i < SKU_LEN - 2; i++) {
		int digit = sku_digit(sku[i]);

		if (i == CODE_LEN)
			continue;
		state = check_step(state, digit);
		*key = *key * RADIX + (uint64_t)digit;
	}
	return state;
}

OUTLINE bool sku_key(const char *sku, size_t len, uint64_t *key)
{
	if (!sku_shape(sku, len))
		return false;
	return (sku_walk(sku, key) + sku_digit(sku[SKU_LEN - 1])) % RADIX == 1;
}

static void make_sku(struct product *p, const char *code, uint32_t number)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	int state;

	memcpy(p->sku, code, CODE_LEN);
	p->sku[CODE_LEN] = '-';
	for (size_t i = NUMBER_LEN; i-- > 0; number /= 10)
		p->sku[CODE_LEN + 1 + i] = digits[number % 10];
	p->sku[SKU_LEN - 2] = '-';
	state = sku_walk(p->sku, &p->key);
	p->sku[SKU_LEN - 1] = digits[(RADIX + 1 - state) % RADIX];
}

static void make_name(struct product *p, const char *quality, const char *noun)
{
	struct text t;

	text_init(&t, p->name, sizeof(p->name) - 1);
	text_str(&t, quality);
	text_str(&t, " ");
	text_str(&t, noun);
}

static void make_prices(struct product *p, uint64_t *seed)
{
	int64_t price = 199 + rng_below(seed, 20000);

	for (int tier = 0; tier < PRICE_TIERS; tier++) {
		p->price[tier] = price;
		price -= price * (2 + rng_below(seed, 5)) / 100;
	}
}

void catalog_init(void)
{
	uint64_t seed = SEED;
	struct product *p = products;

	for (int c = 0; c < CATEGORIES; c++) {
		uint32_t number = 0;

		for (int i = 0; i < PRODUCTS_PER_CATEGORY; i++, p++) {
			number += 1 + rng_below(&seed, 1500);
			p->category = c;
			p->tax_permille = categories[c].tax_permille;
			make_sku(p, categories[c].code, number);
			make_name(p, qualities[rng_below(&seed, 8)],
				  categories[c].nouns[rng_below(&seed, 4)]);
			make_prices(p, &seed);
		}
	}
}

const struct product *catalog_row(size_t index)
{
	return &products[index];
}

OUTLINE const struct product *catalog_find(uint64_t key)
{
	size_t low = 0, high = PRODUCTS;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (products[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low < PRODUCTS && products[low].key == key ? &products[low] : NULL;
}
