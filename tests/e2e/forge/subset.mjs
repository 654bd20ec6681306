// SPDX-License-Identifier: GPL-2.0-or-later
//
// Keeps the paths of an OpenAPI description that we call, and the components they lead to.
//
//   node subset.mjs API.json SUBSET.json
import { readFileSync, writeFileSync } from "node:fs";

const wanted = [
	"/repos/{owner}/{repo}/issues/{issue_number}/comments",
	"/repos/{owner}/{repo}/issues/comments/{comment_id}",
	"/repos/{owner}/{repo}/pulls",
	"/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
	"/repos/{owner}/{repo}/check-runs",
	"/repos/{owner}/{repo}/statuses/{sha}",
];
const [from, to] = process.argv.slice(2);
const api = JSON.parse(readFileSync(from, "utf8"));
const subset = { openapi: api.openapi, info: api.info, servers: api.servers, paths: {}, components: {} };

function keep(pointer) {
	const [, , kind, name] = pointer.split("/");
	subset.components[kind] ??= {};
	if (subset.components[kind][name]) return;
	subset.components[kind][name] = api.components[kind][name];
	walk(api.components[kind][name]);
}

function walk(value) {
	if (Array.isArray(value)) value.forEach(walk);
	else if (value && typeof value === "object")
		for (const [key, inner] of Object.entries(value)) {
			if (key === "$ref" && typeof inner === "string" && inner.startsWith("#/components/")) keep(inner);
			else walk(inner);
		}
}

for (const path of wanted) {
	if (!api.paths[path]) throw new Error(`${path} is not in ${from}`);
	subset.paths[path] = api.paths[path];
	walk(api.paths[path]);
}
writeFileSync(to, JSON.stringify(subset));
