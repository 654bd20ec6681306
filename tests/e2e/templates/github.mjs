// SPDX-License-Identifier: GPL-2.0-or-later
//
// The GitHub templates, run: what `init --github` writes into a repository, job by job, under the environment a runner
// gives, with the real program profiling a real process, against the fake forge. RG_LONG=1: with as many captures as the files ask for.
//
//   RG=PROGRAM RG_PROGRAMS=FOLDER node tests/e2e/templates/github.mjs CACHE
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { makeRunner } from "./runner.mjs";
import { check, commit, deploys, env, forgetBaselines, git, long, main, makeRepository, pushedBaselines, serve, startForge, sudone, top, work } from "./stage.mjs";

const run = await makeRunner(process.argv[2]);
const artifacts = join(top, "artifacts");
mkdirSync(artifacts);

// --- What stands in for the actions of others -----------------------------------------------------

const actions = {
	"actions/checkout": (given, job) => {
		git("checkout", "--quiet", given.ref ?? job.github.ref_name);
		return { ok: given["persist-credentials"] === "false" };
	},
	"actions/cache": (given, job) => {
		job.cacheKey = given.key;
		return { ok: given.key.startsWith("regress-gate-"), outputs: { "cache-hit": "" } };
	},
	"actions/upload-artifact": (given) => {
		rmSync(join(artifacts, given.name), { recursive: true, force: true });
		cpSync(given.path, join(artifacts, given.name, basename(given.path)));
		return { ok: true };
	},
	"actions/download-artifact": (given) => {
		const ok = existsSync(join(artifacts, given.name)) && given["run-id"] === "77" && given["github-token"] === "secret-token";
		if (ok) cpSync(join(artifacts, given.name), given.path, { recursive: true });
		return { ok };
	},
};

const forge = await startForge();
let runs = 0;

// A job of a workflow as the runner would start it for this event.
function job(workflow, name, eventName, event, more = {}) {
	const temp = join(top, `temp-${runs++}`);
	mkdirSync(temp);
	const file = join(temp, "event.json");
	writeFileSync(file, JSON.stringify(event));
	const github = {
		event, event_name: eventName, repository: "shop/orders", token: "secret-token", ref_name: "main", base_ref: event.pull_request ? "main" : "", ...more.github,
	};
	return run({
		...more,
		workflow: join(work, `.github/workflows/regress-gate-${workflow}.yml`), job: name, workspace: work, temp, github, actions,
		env: {
			...env, CI: "true", GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: eventName, GITHUB_EVENT_PATH: file, GITHUB_REPOSITORY: "shop/orders",
			GITHUB_SERVER_URL: forge.url, GITHUB_API_URL: forge.url, GITHUB_WORKSPACE: work, GITHUB_BASE_REF: github.base_ref, GITHUB_RUN_ID: "77", ...more.env,
		},
	});
}

const pull = (repository) => ({ number: 7, pull_request: { number: 7, head: { sha: git("rev-parse", "change"), repo: { full_name: repository } } } });

function checkChange(words, more) {
	git("checkout", "--quiet", "change");
	commit("change", words);
	return job("pull-request", "check", "pull_request", pull("shop/orders"), { github: { ref_name: "change" }, ...more });
}

// --- The jobs ---------------------------------------------------------------------------------------

async function pullRequests() {
	git("checkout", "--quiet", "-b", "change", "main");
	let result = checkChange([]);
	check("without a baseline nothing is decided, and that is a warning", result.ok && result.log.includes("::warning title=regress-gate::Nothing was decided"), result.log);
	check("its outputs say so", result.steps.gate?.outputs.status === "3" && result.steps.gate.outputs.outcome === "undecided", JSON.stringify(result.steps));

	const runs = long ? 4 : 2;
	const amend = (step) => {
		if (step.with?.runs) step.with.runs = String(runs);
	};
	result = job("baseline", "baseline", "push", { repository: { fork: false } }, { amend });
	check("a push to the default branch stores as many runs as are wanted", result.ok && (result.log.match(/stored run/g) ?? []).length === runs, result.log);
	check("and pushes them", pushedBaselines().includes("refs/regress-gate/"), result.log);

	forgetBaselines();
	result = checkChange(["hot"]);
	check("a slower function fails the job", !result.ok && result.steps.gate.outputs.outcome === "regression" && result.log.includes("FAIL  hash_order()"), result.log);
	check("it is in the step's summary", result.summary.includes("hash_order"), result.summary);
	check("the verdict was kept", existsSync(join(artifacts, "regress-gate-verdict/verdict.json")));
	let state = await forge.state();
	check("one comment was made", state.comments.length === 1 && state.comments[0].body.includes("**FAIL**"), JSON.stringify(state.comments));
	check("nothing but captures was run as root", sudone().every((line) => / capture --output=/.test(line)), sudone().join("\n"));
	check("the token is nowhere in the log", !result.log.includes("secret-token"), result.log);

	result = checkChange([]);
	check("made fast again it passes", result.ok && result.steps.gate.outputs.outcome === "pass", result.log);
	state = await forge.state();
	check("the comment was edited in place", state.comments.length === 1 && state.comments[0].body.includes("**PASS**"), JSON.stringify(state.comments));
}

async function forks() {
	const event = pull("mallory/orders");
	let result = job("pull-request", "check", "pull_request", event, { github: { ref_name: "change" } });
	check("a fork's pull request is not for the workflow that may write", result.skipped === true);
	await forge.state({ comments: [], pulls: [{ number: 7, state: "open", head: { ref: "change", sha: event.pull_request.head.sha, label: "mallory:change" } }] });
	git("checkout", "--quiet", "change");
	result = job("fork-check", "check", "pull_request", event, { github: { ref_name: "change" } });
	check("its first half makes a verdict and posts nothing", result.ok && (await forge.state()).comments.length === 0, result.log);

	const workflowRun = {
		workflow_run: {
			id: 77, event: "pull_request", head_sha: event.pull_request.head.sha, head_branch: "change",
			head_repository: { full_name: "mallory/orders", owner: { login: "mallory" } },
		},
	};
	result = job("fork-report", "report", "workflow_run", workflowRun, { env: { GITHUB_REF: "refs/heads/main" } });
	check("its second half posts it", result.ok && (await forge.state()).comments.length === 1, result.log);
	result = job("fork-report", "report", "workflow_run", { workflow_run: { ...workflowRun.workflow_run, head_sha: git("rev-parse", "main") } });
	check("one that is not posted is a failure", !result.ok && result.log.includes("not posted"), result.log);
	writeFileSync(join(artifacts, "regress-gate-verdict/verdict.json"), '{"schema": "mine"}');
	result = job("fork-report", "report", "workflow_run", workflowRun);
	check("a forged file is refused", !result.ok && (await forge.state()).comments.length === 1, result.log);
	rmSync(join(artifacts, "regress-gate-verdict"), { recursive: true });
	result = job("fork-report", "report", "workflow_run", workflowRun);
	check("no verdict is no failure of this half", result.ok && !result.ran.includes("Post it"), result.log);
}

function canary(words, more = {}) {
	const server = serve(words);
	const amend = (step) => {
		if (step.with?.window === "5m") step.with.window = "1s";
	};
	const result = job("canary", "canary", "workflow_dispatch", { repository: { fork: false } }, { inputs: { version: "v1.5", baseline: "v1.4" }, amend, ...more });
	server.kill();
	return { ...result, deploys: deploys() };
}

function canaries() {
	git("checkout", "--quiet", "main");
	git("tag", "v1.4");
	git("commit", "--quiet", "--allow-empty", "--message", "v1.5");
	git("tag", "v1.5");
	let result = canary(["hot"]);
	check("a slower canary is taken back", !result.ok && result.deploys === "canary v1.5\nrollback v1.5\n", result.log + result.deploys);
	if (long) {
		result = canary([]);
		check("a good one goes on", result.ok && result.deploys === "canary v1.5\npromote v1.5\n", result.log + result.deploys);
		check("and is the baseline of its version", /stored run \S+ of v1\.5/.test(result.log), result.log);
		result = canary([], { inputs: { version: "v1.5", baseline: "label:never" } });
		check("one that was not judged is taken back, too", !result.ok && result.deploys.includes("rollback"), result.log);
	}
	check("a fork never gets there", job("canary", "canary", "workflow_dispatch", { repository: { fork: true } }).skipped === true);
}

// Without the program on the PATH it is built: here by a tree that has the targets, and what they leave, only.
function building() {
	const source = join(top, "source");
	for (const folder of ["bpf", "capture", "diff", "gate", "include", "ci-templates"]) {
		mkdirSync(join(source, folder), { recursive: true });
		writeFileSync(join(source, folder, "main.c"), "");
	}
	writeFileSync(join(source, "Makefile"), `deps: ; echo deps\ninstall: ; echo built; mkdir -p $(PREFIX)/bin && cp ${resolve(process.env.RG)} $(PREFIX)/bin/regress-gate\n`);
	execFileSync("git", ["init", "--quiet", "--initial-branch=main", source]);
	for (const words of [["add", "."], ["commit", "--quiet", "--message", "v0.1.0"], ["tag", "v0.1.0"]]) execFileSync("git", ["-C", source, ...words], { env });
	rmSync(join(top, "bin/regress-gate"));
	let result = job("baseline", "baseline", "push", {});
	check("nothing to build from is said, with what to set", !result.ok && result.log.includes("::error title=regress-gate::no regress-gate on the PATH: set the input source"), result.log);
	const amend = (step) => {
		if (step.with?.mode === "baseline") step.with.mode = "install";
	};
	result = job("baseline", "baseline", "push", {}, { vars: { REGRESS_GATE_SOURCE: `file://${source}` }, amend });
	check("it is built from a git URL", result.ok && result.log.includes("built") && /regress-gate \d/.test(result.log), result.log);
	result = job("baseline", "baseline", "push", {}, { vars: { REGRESS_GATE_SOURCE: source }, amend });
	check("or from a folder", result.ok && result.log.includes("built"), result.log);
	result = job("baseline", "baseline", "push", {}, { vars: { REGRESS_GATE_SOURCE: `file://${top}/nowhere` }, amend });
	check("a URL with nothing behind it fails", !result.ok && result.log.includes("the sources could not be cloned"), result.log);
}

await main(async () => {
	makeRepository("--github");
	await pullRequests();
	await forks();
	canaries();
	building();
});
