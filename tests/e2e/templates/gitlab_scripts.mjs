// SPDX-License-Identifier: GPL-2.0-or-later
//
// Leaves each job's scripts of GitLab files in a folder, for shellcheck.
//
//   node gitlab_scripts.mjs CACHE FOLDER FILE…
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const [cache, folder, ...files] = process.argv.slice(2);
const { parseAllDocuments } = createRequire(join(cache, "package.json"))("yaml");
// What a reference leads to is a script of its own.
const reference = { tag: "!reference", collection: "seq", resolve: () => "" };
let count = 0;

for (const file of files) {
	for (const document of parseAllDocuments(readFileSync(file, "utf8"), { customTags: [reference] })) {
		for (const [name, job] of Object.entries(document.toJS())) {
			const lines = [job.before_script, job.script].flat().filter((line) => typeof line === "string" && line);
			if (!lines.length) continue;
			const names = Object.keys(job.variables ?? {}).map((variable) => `declare -x ${variable}\n`);
			writeFileSync(join(folder, `${basename(file, ".yml")}-${name}.bash`), `#!/bin/bash\nset -eo pipefail\n${names.join("")}${lines.join("\n")}\n`);
			count++;
		}
	}
}
process.exit(count >= 9 ? 0 : 1);
