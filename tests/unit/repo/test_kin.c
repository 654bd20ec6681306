/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin_made.h"

/* --- Sources ---------------------------------------------------------------------------------- */

#define HOT_DEEPER                                            \
	"\t\tfor (const char *at = row->text; *at; at++) {\n" \
	"\t\t\tuint32_t digit = (uint32_t)(*at - '0');\n\n"   \
	"\t\t\tif (digit < 10)\n"                             \
	"\t\t\t\tsum = sum * 31 + digit;\n"                   \
	"\t\t\telse\n"                                        \
	"\t\t\t\tsum ^= mix[(sum >> 7) & 255];\n"             \
	"\t\t}\n"
#define HOT_EDITED                                          \
	"\tfor (const char *at = row->text; *at; at++) {\n" \
	"\t\tuint32_t digit = (uint32_t)(*at - '0');\n\n"   \
	"\t\tif (digit < 10)\n"                             \
	"\t\t\tsum = sum * 33 + digit;\n"                   \
	"\t\telse\n"                                        \
	"\t\t\tsum ^= mix[(sum >> 7) & 255];\n"             \
	"\t}\n"
#define OTHER                                              \
	"\tfor (size_t i = 0; i < row->cells; i++) {\n"    \
	"\t\tconst struct cell *cell = &row->cell[i];\n\n" \
	"\t\tsum += cell->width * cell->height;\n"         \
	"\t\tsum = (sum << 3) | (sum >> 29);\n"            \
	"\t}\n"
#define MORE                                             \
	"\tstruct rates rates = rates_of(row, today);\n" \
	"\tsum += rates.local * rates.weight;\n"         \
	"\tsum -= rates.refund * rates.weight;\n"        \
	"\tsum += rates.abroad * 17 + rates.toll;\n"     \
	"\tsum ^= rates.salt * row->region;\n"
#define CHECKS                                               \
	"\tint rc = 0;\n\tif (!row)\n\t\treturn NULL;\n"     \
	"\tif (rc)\n\t\treturn rc;\n\tgoto out;\n\tbreak;\n" \
	"out:\n\tfree(row);\n"
#define NOTES                                                         \
	"\t/* What the price of a row comes to, with all of its */\n" \
	"\t// digits taken as one number, is what customers pay,\n"   \
	"\t * and what tax is due on it the state's own business,\n"  \
	"\t// whatever the rounding of either may come to.\n"

struct row {
	const char *what;
	struct file base[FILES], canary[FILES];
	struct asked asked[ASKED];
	const char *from, *to; /* NULL: none */
	bool renamed;
};

static void try_row(struct git_fixture *git, const struct row *row)
{
	struct fixture f;

	begin_with(&f, git, row->base, row->canary);
	ask_for(&f, row->asked);
	if (ask(&f))
		fail_msg("%s: %s", row->what, f.git->err.text);
	if (f.found != (row->from != NULL))
		fail_msg("%s: %zu found", row->what, f.found);
	if (row->from && (strcmp(f.function[f.kin->from].name, row->from) != 0 ||
			  strcmp(f.function[f.kin->to].name, row->to) != 0 ||
			  f.kin->renamed != row->renamed || strcmp(f.kin->commit, f.canary) != 0))
		fail_msg("%s: %s to %s%s by '%s'", row->what, f.function[f.kin->from].name,
			 f.function[f.kin->to].name, f.kin->renamed ? ", renamed" : "",
			 f.kin->commit);
	rg_arena_free(f.arena);
}

static void try_rows(struct git_fixture *git, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		try_row(git, &rows[i]);
}

/* --- What is found ---------------------------------------------------------------------------- */

static const struct row moves[] = {
	{"a piece, within a file",
	 {{"a.c", FN("price", HOT OTHER) FN("tax", "")}},
	 {{"a.c", FN("price", OTHER) FN("tax", HOT)}},
	 PRICE_AND_TAX,
	 "price",
	 "tax",
	 false},
	{"a piece that repeats itself",
	 {{"a.c", FN("price", HOT HOT OTHER) FN("tax", "")}},
	 {{"a.c", FN("price", OTHER) FN("tax", HOT HOT)}},
	 PRICE_AND_TAX,
	 "price",
	 "tax",
	 false},
	{"to another file",
	 {{"a.c", FN("price", HOT OTHER)}, {"b.c", FN("tax", MORE)}},
	 {{"a.c", FN("price", OTHER)}, {"b.c", FN("tax", MORE HOT)}},
	 PRICE_AND_TAX,
	 "price",
	 "tax",
	 false},
	{"indented otherwise, beside prototypes and calls",
	 {{"a.c",
	   "uint32_t price(const struct row *row);\nuint32_t tax(const struct row *row);\n\n" FN(
		   "both", "\tif (price(row) &&\n\t    tax(row))\n\t\treturn tax(row);\n")
		   FN("price", HOT) FN("tax", MORE)}},
	 {{"a.c",
	   "uint32_t price(const struct row *row);\nuint32_t tax(const struct row *row);\n\n" FN(
		   "both", "\tif (price(row) &&\n\t    tax(row))\n\t\treturn 2 * tax(row);\n")
		   FN("price", "") FN("tax", MORE "\tif (row->text) {\n" HOT_DEEPER "\t}\n")}},
	 PRICE_AND_TAX,
	 "price",
	 "tax",
	 false},
	{"renamed",
	 {{"a.c", FN("sum_of", HOT) FN("tax", MORE)}},
	 {{"a.c", FN("total_of", HOT) FN("tax", MORE)}},
	 {ANY("sum_of"), ANY("total_of"), ANY("tax")},
	 "sum_of",
	 "total_of",
	 true},
	{"renamed, and one line of five changed",
	 {{"a.c", FN("sum_of", HOT)}},
	 {{"a.c", FN("total_of", HOT_EDITED)}},
	 {ANY("sum_of"), ANY("total_of")},
	 "sum_of",
	 "total_of",
	 true},
	{"renamed with its file",
	 {{"src/sum.c", FN("sum_of", HOT)}},
	 {{"lib/total.c", FN("total_of", HOT)}},
	 {{"sum_of", "/build/x/src/sum.c", false, false}, {"total_of", "total.c", true, false}},
	 "sum_of",
	 "total_of",
	 true},
	{"of namesakes that in the file of the profile",
	 {{"a.c", FN("price", HOT) FN("tax", MORE)}, {"b.c", FN("tax", OTHER)}},
	 {{"a.c", FN("price", "") FN("tax", MORE HOT)}, {"b.c", FN("tax", OTHER)}},
	 {ANY("price"), {"tax", "a.c", true, false}},
	 "price",
	 "tax",
	 false},
	{"as C++, Go and Rust have them",
	 {{"a.cc", "uint32_t Shop<T>::price(const Row &row) const\n{\n" HOT "}\n"},
	  {"b.go", "func (s *Shop) tax(r Row) error {\n\treturn nil\n}\n"}},
	 {{"a.cc", "uint32_t Shop<T>::price(const Row &row) const\n{\n}\n"},
	  {"b.go", "func (s *Shop) tax(r Row) error {\n" HOT "\treturn nil\n}\n"}},
	 {ANY("Shop<int>::price(Row const&) const"), ANY("main.(*Shop).tax")},
	 "Shop<int>::price(Row const&) const",
	 "main.(*Shop).tax",
	 false},
	{"as Python has them",
	 {{"a.py", "class Shop:\n    def price(self, row):\n        for cell in row.cells:\n"
		   "            total = total * 31 + cell.width\n"
		   "            total ^= cell.mix[total & 255]\n        return total\n\n"
		   "    def tax(self, row):\n        return 0\n"}},
	 {{"a.py", "class Shop:\n    def price(self, row):\n        return total\n\n"
		   "    def tax(self, row):\n        for cell in row.cells:\n"
		   "            total = total * 31 + cell.width\n"
		   "            total ^= cell.mix[total & 255]\n        return 0\n"}},
	 {ANY("Shop.price"), ANY("Shop.tax")},
	 "Shop.price",
	 "Shop.tax",
	 false},
};

static void test_code_that_moved(void **state)
{
	try_rows(*state, moves, sizeof(moves) / sizeof(moves[0]));
}

/* --- What is not ------------------------------------------------------------------------------ */

static const struct row others[] = {
	{"one commit touches both, and no line moves",
	 {{"a.c", FN("price", HOT OTHER) FN("tax", "")}},
	 {{"a.c", FN("price", OTHER) FN("tax", MORE)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"another function has the lines as well",
	 {{"a.c", FN("price", HOT) FN("fee", HOT) FN("tax", "")}},
	 {{"a.c", FN("price", "") FN("fee", HOT) FN("tax", HOT)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"another function has one of two of them as well",
	 {{"a.c", FN("price", HOT HOT) FN("fee", HOT) FN("tax", "")}},
	 {{"a.c", FN("price", "") FN("fee", HOT) FN("tax", HOT HOT)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"so has one in another file that changed",
	 {{"a.c", FN("price", HOT) FN("tax", "")}, {"b.c", FN("fee", HOT)}},
	 {{"a.c", FN("price", "") FN("tax", HOT)}, {"b.c", FN("fee", HOT OTHER)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"two lines",
	 {{"a.c", FN("price", "\tsum = sum * 31 + row->digit;\n\tsum ^= mix[(sum >> 7) & 255];\n")
			  FN("tax", "")}},
	 {{"a.c", FN("price", "") FN("tax", "\tsum = sum * 31 + row->digit;\n"
					    "\tsum ^= mix[(sum >> 7) & 255];\n")}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"most of what one lost went nowhere",
	 {{"a.c", FN("price", HOT OTHER MORE) FN("tax", "")}},
	 {{"a.c", FN("price", "") FN("tax", OTHER)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"most of what came to the other is new",
	 {{"a.c", FN("price", OTHER) FN("tax", "")}},
	 {{"a.c", FN("price", "") FN("tax", HOT OTHER MORE)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"lines that say nothing",
	 {{"a.c", FN("price", CHECKS) FN("tax", "")}},
	 {{"a.c", FN("price", "") FN("tax", CHECKS)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"comments",
	 {{"a.c", FN("price", NOTES) FN("tax", "")}},
	 {{"a.c", FN("price", "") FN("tax", NOTES)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"the lines are in both now",
	 {{"a.c", FN("price", HOT) FN("tax", "")}},
	 {{"a.c", FN("price", HOT) FN("tax", HOT)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"it gained nothing",
	 {{"a.c", FN("price", HOT) FN("tax", "")}},
	 {{"a.c", FN("price", "") FN("tax", HOT)}},
	 {ANY("price"), {"tax", NULL, false, true}},
	 NULL,
	 NULL,
	 false},
	{"two files have a function of that name",
	 {{"a.c", FN("price", HOT) FN("tax", MORE)}, {"b.c", FN("tax", OTHER)}},
	 {{"a.c", FN("price", "") FN("tax", MORE HOT)}, {"b.c", FN("tax", OTHER MORE)}},
	 PRICE_AND_TAX,
	 NULL,
	 NULL,
	 false},
	{"two functions of the profile have that name",
	 {{"a.c", FN("price", HOT) FN("tax", MORE)}},
	 {{"a.c", FN("price", "") FN("tax", MORE HOT)}},
	 {ANY("price"), ANY("State::tax"), ANY("Town::tax")},
	 NULL,
	 NULL,
	 false},
	{"a new function where one with another body was removed",
	 {{"a.c", FN("sum_of", HOT)}},
	 {{"a.c", FN("total_of", OTHER)}},
	 {ANY("sum_of"), ANY("total_of")},
	 NULL,
	 NULL,
	 false},
};

static void test_code_that_did_not_move(void **state)
{
	try_rows(*state, others, sizeof(others) / sizeof(others[0]));
}

static void test_a_binary_file_is_passed_over(void **state)
{
	struct fixture f;

	begin_moved(&f, *state);
	git_run(&f.git->scratch, "cd r; printf '\\0' >>a.c; git commit -q -am nul; git tag -f v2");
	open_repo(&f, "r");
	assert_int_equal(ask(&f), 0);
	assert_int_equal(f.found, 0);
	rg_arena_free(f.arena);
}

/* --- Several, and which commit ---------------------------------------------------------------- */

static void test_each_piece_of_what_was_split(void **state)
{
	static const struct row split = {
		.base = {{"a.c", FN("price", HOT OTHER MORE)}},
		.canary = {{"a.c", FN("scan", HOT) FN("cells", OTHER) FN("rate", MORE)}},
		.asked = {ANY("price"), ANY("scan"), ANY("cells"), ANY("rate")},
	};
	struct fixture f;

	begin_with(&f, *state, split.base, split.canary);
	ask_for(&f, split.asked);
	assert_int_equal(ask(&f), 0);
	assert_int_equal(f.found, 3);
	for (size_t i = 0; i < f.found; i++) {
		assert_int_equal(f.kin[i].from, 0);
		assert_false(f.kin[i].renamed);
	}
	rg_arena_free(f.arena);
}

static void test_the_commit_among_others(void **state)
{
	static const struct file first[FILES] = {{"a.c", FN("price", HOT) FN("tax", "")}};
	static const struct file moved[FILES] = {{"a.c", FN("price", "") FN("tax", HOT)}};
	static const struct file later[FILES] = {
		{"a.c", FN("price", OTHER) FN("tax", MORE HOT) FN("fee", "")}};
	static const struct asked asked[ASKED] = PRICE_AND_TAX;
	char wanted[256];
	struct fixture f;

	begin(&f, *state);
	write_files(&f, first, "v1");
	write_files(&f, moved, "moved");
	write_files(&f, later, "v2");
	open_repo(&f, "r");
	ask_for(&f, asked);
	assert_int_equal(ask(&f), 0);
	assert_int_equal(f.found, 1);
	git_ask(&f.git->scratch, "git -C r rev-parse moved", wanted);
	assert_string_equal(f.kin->commit, wanted);
	/* Both ends are here, what is between is not. */
	git_run(&f.git->scratch,
		"git -c protocol.file.allow=always clone -q --depth 1 file://$PWD/r s;"
		"cd s; git fetch -q --depth 1 origin tag v1");
	open_repo(&f, "s");
	assert_int_equal(ask(&f), 0);
	assert_int_equal(f.found, 1);
	assert_string_equal(f.kin->commit, "");
	rg_arena_free(f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(test_code_that_moved),
		GIT_TEST(test_code_that_did_not_move),
		GIT_TEST(test_a_binary_file_is_passed_over),
		GIT_TEST(test_each_piece_of_what_was_split),
		GIT_TEST(test_the_commit_among_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
