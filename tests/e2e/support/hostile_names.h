/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_HOSTILE_NAMES_H
#define E2E_HOSTILE_NAMES_H

/* A text and how it must look, both as a function, a module and a file. */
static const struct {
	const char *text, *shown;
} corpus[] = {
	{"price_line", "price_line"},
	{"std::map<int, std::vector<char>>::operator[](int&&)",
	 "std::map<int, std::vector<char>>::operator[](int&&)"},
	{"operator|", "operator|"},
	{"a || b | c", "a || b | c"},
	{"operator\\|", "operator\\\\x7c"},
	{"back\\\\|slashes", "back\\\\\\x7cslashes"},
	{"ends in \\", "ends in \\"},
	{"|", "|"},
	{"`", "`"},
	{"``", "``"},
	{"`code`", "`code`"},
	{"a`b``c```d", "a`b``c```d"},
	{"`|`", "`|`"},
	{" both sides ", " both sides "},
	{"memcpy@plt", "memcpy@plt"},
	{"@torvalds", "@torvalds"},
	{"#1", "#1"},
	{"GH-1 and owner/repo#2", "GH-1 and owner/repo#2"},
	{"https://evil.example/?a=b&c", "https://evil.example/?a=b&c"},
	{"www.evil.example", "www.evil.example"},
	{"<script>alert(\"1\")</script>", "<script>alert(\"1\")</script>"},
	{"</code></td></details><!--", "</code></td></details><!--"},
	{"&amp;&lt;&#124;", "&amp;&lt;&#124;"},
	{"![x](http://y) [z](javascript:1)", "![x](http://y) [z](javascript:1)"},
	{"**bold** _it_ ~~no~~ $x$", "**bold** _it_ ~~no~~ $x$"},
	{"_ZN4core3ptr18real_drop_in_place$LT$alloc..vec..Vec$GT$E",
	 "_ZN4core3ptr18real_drop_in_place$LT$alloc..vec..Vec$GT$E"},
	{"/approve", "/approve"},
	{":tada:", ":tada:"},
	{"::error::x", "\\x3a:error::x"},
	{"##[error]x", "#\\x23[error]x"},
	{"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
	{"two\r\n/close\n| lines |", "two\\x0d\\x0a/close\\x0a| lines |"},
	{"tab\there", "tab\\x09here"},
	{"\xe2\x80\xaegpj.exe", "\\xe2\\x80\\xaegpj.exe"},
	{"sep\xe2\x80\xa8"
	 "arated",
	 "sep\\xe2\\x80\\xa8"
	 "arated"},
	{"zero\xe2\x80\x8bwidth", "zero\\xe2\\x80\\x8bwidth"},
	{"invalid \xff\xc3(", "invalid \\xff\\xc3("},
	{"c1 \xc2\x9b"
	 "31m",
	 "c1 \\xc2\\x9b"
	 "31m"},
	{"\xe9\x96\xa2\xe6\x95\xb0::f", "\xe9\x96\xa2\xe6\x95\xb0::f"},
};

enum { COUNT = sizeof(corpus) / sizeof(corpus[0]) };

#endif
