// SPDX-License-Identifier: GPL-2.0-or-later
//
// Judges a Kubernetes manifest by the published schema (as kubernetes-models has it), which does not look at names it does not
// know; these are looked up in the types that are made of the same description. And a Containerfile by Docker's own linter.
//
//   node kubernetes_lint.mjs CACHE FILE…
//
// Manifests end with .yaml, all else are Containerfiles. Prints what is wrong, a line each; exits 1 when there is any.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const [cache, ...files] = process.argv.slice(2);
const require = createRequire(join(cache, "package.json"));
const models = join(cache, "node_modules/kubernetes-models");
const { Job } = await import(join(models, "batch/v1/index.js"));
const { validate } = require("dockerfile-utils");
const { parse } = require("yaml");
const wrong = [];

// The properties of a type, with the file of each one's own type, by its generated description.
function propertiesOf(file) {
	const text = readFileSync(file, "utf8");
	const imports = Object.fromEntries([...text.matchAll(/import \{ (\w+) \} from "([^"]+)"/g)].map((m) => [m[1], m[2]]));
	const start = text.indexOf("export interface");
	const properties = {};
	for (const [, name, type] of text.slice(start, text.indexOf("\n}\n", start)).matchAll(/^ {4}"(\w+)"\??: (.*)$/gm)) {
		const from = imports[Object.keys(imports).find((known) => new RegExp(`\\b${known}\\b`).test(type))];
		const base = from?.startsWith(".") ? resolve(dirname(file), from) : from && join(cache, "node_modules", from);
		properties[name] = base && base.replace(/(\.js)?$/, ".d.ts");
	}
	return properties;
}

// `file` describes the type of `value`, which is at `path` of `manifest`.
function checkNames(manifest, value, file, path) {
	if (Array.isArray(value)) return value.forEach((v, i) => checkNames(manifest, v, file, `${path}[${i}]`));
	if (typeof value !== "object" || value === null) return;
	const properties = propertiesOf(file);
	for (const [name, inner] of Object.entries(value)) {
		if (!(name in properties)) wrong.push(`${manifest}: ${path} has no '${name}'`);
		else if (properties[name]) checkNames(manifest, inner, properties[name], `${path}.${name}`);
	}
}

function checkManifest(file) {
	const manifest = parse(readFileSync(file, "utf8").replace(/: DEADLINE$/m, ": 1200"));
	try {
		new Job(manifest).validate();
	} catch (error) {
		wrong.push(`${file}: ${error.message}`);
	}
	checkNames(file, manifest, join(models, "batch/v1/Job.d.ts"), "Job");
	const { initContainers = [], containers } = manifest.spec.template.spec;
	for (const { name, securityContext: may } of [...initContainers, ...containers]) {
		if (may.privileged !== false || may.allowPrivilegeEscalation !== false || !may.capabilities.drop.includes("ALL"))
			wrong.push(`${file}: container '${name}' may do more than it was given`);
	}
}

for (const file of files) {
	if (file.endsWith(".yaml")) checkManifest(file);
	else for (const d of validate(readFileSync(file, "utf8"))) wrong.push(`${file}:${d.range.start.line + 1}: ${d.message}`);
}
wrong.forEach((line) => console.log(line));
process.exit(wrong.length ? 1 : 0);
