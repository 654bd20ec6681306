#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Names must come through markdown as themselves: a comment full of hostile ones is read by GitHub's
# own parser, and the cells of the table are compared with what a reader must see.
#
#   markdown_oracle.sh RENDER_SAMPLE     the program built from render_sample.c
set -euo pipefail

sample=${1:?usage: markdown_oracle.sh RENDER_SAMPLE}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# shellcheck source=tests/e2e/check.sh
. "$(dirname "$0")/check.sh"

"$sample" "$dir/comment.md" >"$dir/expected"
cmark-gfm --unsafe -e table -e autolink -e strikethrough -e tasklist \
	"$dir/comment.md" >"$dir/comment.html"

# The table of all functions is the one with eleven columns. One cell a line; rows are joined by tabs.
columns=11
awk -v columns=$columns '
	/^<tr>$/ { row = ""; cells = 0; next }
	/^<td/ { row = row (cells ? "\t" : "") $0; cells++; next }
	/^<\/tr>$/ { if (cells == columns) print row }
' "$dir/comment.html" >"$dir/rows"

# The text of the cells function, module and source: nothing but one code span each.
cut -f2-4 "$dir/rows" |
	sed -E -e 's#<td align="left"><code>([^\t]*)</code></td>#\1#g' \
		-e 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g' >"$dir/actual"

same_cells() {
	diff -u "$dir/expected" "$dir/actual"
}

only_own_tags() {
	local odd
	# Within code every < is an entity, so that what matches is markup.
	odd=$(grep -oE '<[^ >]*' "$dir/comment.html" | sort -u | grep -vxE \
		'</?(p|strong|code|pre|a|table|thead|tbody|tr|th|td|ul|li|details|summary|br)' || true)
	[[ -z $odd ]] || { printf 'markup from outside: %s\n' "$odd"; false; }
}

# Links are to commits of our own and to the flame graph, whatever the names.
only_own_links() {
	local odd
	odd=$(grep -oE '<a [^>]*>' "$dir/comment.html" | sort -u |
		grep -vxE '<a href="https://forge.example/(o/r/commit/[0-9a-f]{40}|flame)">' || true)
	if [[ $odd ]]; then
		printf 'links from outside: %s\n' "$odd"
		return 1
	fi
	[[ $(grep -c '<a href' "$dir/comment.html") -ge 10 ]]
}

# Each block of changed lines holds its four lines and ends behind them: none of their text closes it.
whole_blocks() {
	[[ $(grep -A4 '<pre><code class="language-diff">' "$dir/comment.html" | grep -c '^</code></pre>') == 10 ]]
}

# Each of our folds begins and ends once, and no name makes another.
only_own_folds() {
	sed -n -e 's#.*<details><summary>\([^<]*\)</summary>.*#\1#p' "$dir/comment.html" |
		diff -u <(printf '%s\n' 'The lines that changed' 'Is this growth meant? How to accept it' \
			'All functions, captures and policy') - &&
		[[ $(grep -c '<details>' "$dir/comment.html") == 3 &&
			$(grep -c '^</details>' "$dir/comment.html") == 3 ]]
}

no_line() { # pattern
	! grep -nE "$1" "$dir/comment.md"
}

check "every row of the table of functions has its cells" \
	test "$(wc -l <"$dir/rows")" = "$(wc -l <"$dir/expected")"
check "the cells show the names" same_cells
check "links lead to commits only" only_own_links
check "blocks of changed lines are whole" whole_blocks
check "no markup but the renderer's own" only_own_tags
check "folds are our own, and end once" only_own_folds
check "the verdict is the first line" grep -q '^\*\*FAIL\*\*' <(head -1 "$dir/comment.md")
check "no line is a quick action" no_line '^[[:space:]]*/'
check "no line is a workflow command" no_line '##\[|^[[:space:]]*::'
check "no control byte is left" no_line $'[\001-\010\013-\037\177]'

finish_checks
