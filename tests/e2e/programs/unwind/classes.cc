/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes MODE: C++. */
#include "chain.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

/* --- std::sort --- */

static STEP bool is_less(uint64_t a, uint64_t b)
{
	sink += burn_leaf(a);
	return a < b;
}

static STEP void run_sort()
{
	static std::vector<uint64_t> items(256);

	for (size_t i = 0; i < items.size(); i++)
		items[i] = (i * 167 + sink) % 257;
	std::sort(items.begin(), items.end(), is_less);
	sink += items[0];
}

/* --- Virtual calls --- */

class Shape
{
      public:
	virtual ~Shape() = default;
	virtual uint64_t cost(uint64_t x) const = 0;
};

class Square : public Shape
{
      public:
	STEP uint64_t cost(uint64_t x) const override
	{
		return burn_leaf(x) + 1;
	}
};

class Framed : public Shape
{
      public:
	explicit Framed(std::unique_ptr<Shape> inside) : inside_(std::move(inside))
	{
	}
	STEP uint64_t cost(uint64_t x) const override
	{
		return inside_->cost(x) + 1;
	}

      private:
	std::unique_ptr<Shape> inside_;
};

static STEP void run_virtual()
{
	static const std::unique_ptr<Shape> shape(new Framed(std::unique_ptr<Shape>(new Square)));

	sink += shape->cost(sink) + 1;
}

/* --- Exceptions --- */

/* Its destructor is a landing pad on the way. */
class Guard
{
      public:
	STEP ~Guard()
	{
		sink += 1;
	}
};

static STEP uint64_t throw_it(uint64_t x)
{
	if (x != UINT64_MAX)
		throw std::runtime_error("thrown");
	return x;
}

static STEP uint64_t pass_it(uint64_t x)
{
	Guard guard;

	return throw_it(x) + 1;
}

static STEP void run_throw()
{
	try {
		sink += pass_it(sink % 1000) + 1;
	} catch (const std::runtime_error &) {
		sink += 1;
	}
}

static const struct mode modes[] = {
	{"sort", run_sort},
	{"virtual", run_virtual},
	{"throw", run_throw},
};

RUN_MODES(modes)
