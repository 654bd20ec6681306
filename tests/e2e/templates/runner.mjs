// SPDX-License-Identifier: GPL-2.0-or-later
//
// Runs a job of a GitHub workflow as far as the templates need it: steps in order, `if:`, `env:`, outputs, files of
// commands, composite actions of the workspace. Expressions are evaluated by GitHub's own package. Actions of others
// are stood in for by functions of the test's.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const truthy = (value) => value !== null && value !== false && value !== 0 && value !== "";

export async function makeRunner(cache) {
	const { Evaluator, Lexer, Parser, data } = await import(join(cache, "expressions.mjs"));
	const { parse } = createRequire(join(cache, "package.json"))("yaml");

	function toData(value) {
		return JSON.parse(JSON.stringify(value), data.reviver);
	}

	function evaluate(text, job, contexts) {
		const status = { always: () => true, cancelled: () => false, failure: () => job.failed, success: () => !job.failed };
		const functions = Object.entries(status).map(([name, test]) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(test()) }));
		const parsed = new Parser(new Lexer(text).lex().tokens, Object.keys(contexts), functions).parse();
		const dictionary = new data.Dictionary();
		for (const [key, value] of Object.entries(contexts)) dictionary.add(key, toData(value));
		return new Evaluator(parsed, dictionary, new Map(functions.map((f) => [f.name, f]))).evaluate();
	}

	function expand(text, job, contexts) {
		return String(text).replace(/\$\{\{(.*?)\}\}/gs, (_, expression) => evaluate(expression.trim(), job, contexts).coerceString());
	}

	function holds(condition, job, contexts) {
		if (condition === undefined) return !job.failed;
		const text = String(condition).replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
		const result = evaluate(text, job, contexts);
		const asked = /\b(always|cancelled|failure|success)\s*\(/.test(text);
		return truthy(result.value ?? result.coerceString()) && (asked || !job.failed);
	}

	const expandAll = (map, job, contexts) => Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, expand(value, job, contexts)]));

	// NAME=VALUE and NAME<<DELIMITER, as the runner reads $GITHUB_OUTPUT.
	function readCommands(file) {
		const lines = readFileSync(file, "utf8").split("\n");
		const out = {};
		while (lines.length) {
			const line = lines.shift();
			const heredoc = line.match(/^([\w-]+)<<(.+)$/);
			if (heredoc) {
				const end = lines.indexOf(heredoc[2]);
				if (end < 0) throw new Error(`no end of ${heredoc[2]} in ${file}`);
				out[heredoc[1]] = lines.splice(0, end + 1).slice(0, -1).join("\n");
			} else if (line) {
				if (!line.includes("=")) throw new Error(`not a command: ${line}`);
				out[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
			}
		}
		return out;
	}

	function runScript(step, job, contexts, extra) {
		const files = {};
		for (const name of ["OUTPUT", "PATH", "ENV"]) writeFileSync((files[name] = join(job.temp, `command-${job.count++}`)), "");
		const script = join(job.temp, `step-${job.count++}.sh`);
		writeFileSync(script, step.run);
		const result = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
			cwd: join(job.workspace, expand(step["working-directory"] ?? ".", job, contexts)),
			encoding: "utf8",
			env: {
				...job.env, ...extra, ...expandAll(step.env, job, contexts), PATH: [...job.path, job.env.PATH].join(":"),
				GITHUB_OUTPUT: files.OUTPUT, GITHUB_PATH: files.PATH, GITHUB_ENV: files.ENV, GITHUB_STEP_SUMMARY: job.summary,
			},
			maxBuffer: 1 << 26,
			timeout: 120000,
		});
		job.log += `## ${step.name ?? step.run.split("\n")[0]}\n${result.stdout}${result.stderr}`;
		job.path.unshift(...readFileSync(files.PATH, "utf8").split("\n").filter(Boolean));
		return { ok: result.status === 0, status: result.status, outputs: readCommands(files.OUTPUT) };
	}

	function runAction(step, job, contexts) {
		const given = expandAll(step.with, job, contexts);
		if (!step.uses.startsWith("./")) {
			const name = step.uses.split("@")[0];
			if (!job.actions[name]) throw new Error(`no stand-in for ${name}`);
			return job.actions[name](given, job);
		}
		const folder = join(job.workspace, step.uses);
		const action = parse(readFileSync(join(folder, "action.yml"), "utf8"));
		const inputs = {};
		for (const [name, input] of Object.entries(action.inputs)) inputs[name] = given[name] ?? expand(input.default ?? "", job, contexts);
		const own = { ...contexts, inputs, steps: {} };
		const ok = runSteps(action.runs.steps, job, own, { GITHUB_ACTION_PATH: folder });
		const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, o]) => [name, expand(o.value, job, own)]));
		return { ok, outputs };
	}

	// `failed` is the steps' own within an action: what failed before it did not run it.
	function runSteps(steps, job, contexts, extra) {
		const before = job.failed;
		job.failed = false;
		for (const step of steps) {
			job.amend?.(step);
			if (!holds(step.if, job, contexts)) {
				if (step.id) contexts.steps[step.id] = { outcome: "skipped", conclusion: "skipped", outputs: {} };
				job.skipped.push(step.name ?? step.uses);
				continue;
			}
			job.ran.push(step.name ?? step.uses ?? step.run);
			const result = step.run ? runScript(step, job, contexts, extra) : runAction(step, job, contexts);
			const outcome = result.ok ? "success" : "failure";
			if (step.id) contexts.steps[step.id] = { outcome, conclusion: outcome, outputs: result.outputs ?? {} };
			if (!result.ok && !step["continue-on-error"]) job.failed = true;
		}
		const ok = !job.failed;
		job.failed = before;
		return ok;
	}

	/*
	 * {workflow, job, workspace, temp, env, github, vars, inputs, actions, amend} to
	 * {skipped: true} or {ok, log, steps, summary, ran}.
	 */
	return function run(options) {
		const workflow = parse(readFileSync(options.workflow, "utf8"));
		const definition = workflow.jobs[options.job];
		const job = { failed: false, log: "", path: [], count: 0, ran: [], skipped: [], ...options, summary: join(options.temp, "summary.md") };
		const contexts = {
			github: options.github, vars: options.vars ?? {}, inputs: options.inputs ?? {}, steps: {},
			runner: { temp: options.temp, os: "Linux", arch: "X64" }, env: {},
		};
		mkdirSync(options.temp, { recursive: true });
		if (!holds(definition.if, job, contexts)) return { skipped: true };
		writeFileSync(job.summary, "");
		job.env = { ...options.env, RUNNER_TEMP: options.temp };
		const ok = runSteps(definition.steps, job, contexts, {});
		return { ok, log: job.log, steps: contexts.steps, summary: readFileSync(job.summary, "utf8"), ran: job.ran };
	};
}
