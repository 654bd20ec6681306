#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The flame graph's page, styles and script as C arrays, with the hashes that the page's content security policy allows
# them by.
#   embed.sh > flame_embedded.h
set -euo pipefail
cd "$(dirname "$0")"

# From longer sources to the bytes that are embedded; the script's files see one another and nothing else does.
style() { cat colors.css page.css; }
script() {
	echo '(() => {'
	echo '"use strict";'
	cat data.js format.js chart.js search.js table.js page.js
	echo '})();'
}

array() { # NAME: of stdin
	printf 'const char %s[] = {\n' "$1"
	od -An -v -td1 | sed 's/-\{0,1\}[0-9][0-9]*/&,/g'
	printf '0};\n'
}
hash() { # NAME: of stdin
	printf 'const char %s[] = "%s";\n' "$1" "$(sha256sum | cut -c1-64 | tr a-f A-F | basenc --base16 -d | base64)"
}

array rg_flame_html <page.html
array rg_flame_colors <colors.css
style | array rg_flame_style
style | hash rg_flame_style_hash
script | array rg_flame_script
script | hash rg_flame_script_hash
