#include "outline.h"
#include "price.h"
#include "rng.h"

#define CAMPAIGNS 72
#define SEED      0x63616d706169676eULL

struct campaign {
	int category;
	int min_quantity;
	int permille;
	int64_t min_price;
};

static struct campaign campaigns[CAMPAIGNS];

void price_init(void)
{
	uint64_t seed = SEED;

	for (int i = 0; i < CAMPAIGNS; i++) {
		campaigns[i].category = (int)rng_below(&seed, CATEGORIES);
		campaigns[i].min_quantity = 1 + (int)rng_below(&seed, 60);
		campaigns[i].permille = 5 + (int)rng_below(&seed, 100);
		campaigns[i].min_price = rng_below(&seed, 15000);
	}
}

/* The best rate, in permille, that a line qualifies for. */
static OUTLINE int campaign_discount(const struct order_line *line)
{
	int best = 0;

	for (size_t i = 0; i < CAMPAIGNS; i++) {
		const struct campaign *c = &campaigns[i];

		if (c->category != line->product->category)
			continue;
		if (line->quantity >= c->min_quantity && line->unit_price >= c->min_price &&
		    c->permille > best)
			best = c->permille;
	}
	return best;
}

static int64_t tier_price(const struct order_line *line)
{
	static const int from[PRICE_TIERS] = {1, 10, 50, 200};
	int tier = PRICE_TIERS - 1;

	while (line->quantity < from[tier])
		tier--;
	return line->product->price[tier];
}

/* Half a cent goes up, as on the invoice. */
static int64_t permille_of(int64_t amount, int permille)
{
	return (amount * permille + 500) / 1000;
}

static OUTLINE void price_line(struct order_line *line)
{
	line->unit_price = tier_price(line);
	line->gross = line->unit_price * line->quantity;
	line->discount = permille_of(line->gross, campaign_discount(line));
}

/*
 * A coupon lowers the taxable amount of every line by its share; the last line
 * takes what rounding left over, so that the shares add up to the whole.
 */
static OUTLINE void spread_coupon(struct order *order, int64_t net)
{
	int64_t amount, left;

	if (!order->coupon || !net || order->subtotal < order->coupon->min_subtotal)
		return;
	amount = left = permille_of(net, order->coupon->permille);
	for (size_t i = 0; i < order->nlines; i++) {
		struct order_line *line = &order->lines[i];
		int64_t share = amount * (line->gross - line->discount) / net;

		if (i + 1 == order->nlines)
			share = left;
		line->discount += share;
		left -= share;
	}
}

static OUTLINE void tax_line(struct order_line *line)
{
	int64_t net = line->gross - line->discount;

	line->tax = permille_of(net, line->product->tax_permille);
	line->total = net + line->tax;
}

void price_order(struct order *order)
{
	int64_t net = 0;

	order->subtotal = order->discount = order->tax = order->total = 0;
	for (size_t i = 0; i < order->nlines; i++) {
		price_line(&order->lines[i]);
		order->subtotal += order->lines[i].gross;
		net += order->lines[i].gross - order->lines[i].discount;
	}
	spread_coupon(order, net);
	for (size_t i = 0; i < order->nlines; i++) {
		tax_line(&order->lines[i]);
		order->discount += order->lines[i].discount;
		order->tax += order->lines[i].tax;
		order->total += order->lines[i].total;
	}
}
