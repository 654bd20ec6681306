// SPDX-License-Identifier: GPL-2.0-or-later
//
// The GitLab templates, run: what `init --gitlab` writes into a repository, by gitlab-ci-local's shell executor, with the real
// program profiling a real process, against the fake forge. RG_LONG=1: all jobs, and as many captures as they ask for.
//
//   RG=PROGRAM RG_PROGRAMS=FOLDER node tests/e2e/templates/gitlab.mjs CACHE
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { check, commit, deploys, env, forgetBaselines, git, long, main, makeRepository, pushedBaselines, serve, startForge, sudone, top, work } from "./stage.mjs";

const local = join(process.argv[2], "node_modules/gitlab-ci-local/dist/index.js");
const pipeline = "include:\n  - local: .gitlab/regress-gate/merge-request.yml\n  - local: .gitlab/regress-gate/canary.yml\n  - local: .gitlab/regress-gate/fork.yml\n";
let forge;

// How a job ended: "" for well, else "FAIL 1" or "WARN 3"; undefined when it did not run.
function ended(log, job) {
	const line = log.match(new RegExp(`^${job} +finished in \\S+ \\S+(.*)$`, "m"));
	return line?.[1].trim();
}

// A pipeline with these variables; its jobs all, or those named. lint.sh has looked at the schema.
function wordsOf(variables, jobs) {
	const all = { CI_API_V4_URL: `${forge.url}/api/v4`, CI_PROJECT_ID: "5", GITLAB_CI: "true", GITLAB_TOKEN: "secret-token", ...variables };
	const words = ["--force-shell-executor", "--shell-executor-no-image", "--quiet=false", "--color=false", "--no-json-schema-validation"];
	for (const [name, value] of Object.entries(all)) words.push("--variable", `${name}=${value}`);
	words.push("--ignore-predefined-vars", Object.keys(all).join(","));
	return [local, ...words, ...jobs];
}

function run(variables, ...jobs) {
	const result = spawnSync("node", wordsOf(variables, jobs), { cwd: work, env, encoding: "utf8", timeout: 120000 });
	return result.stdout + result.stderr;
}

// The same, while this process serves what it asks for.
async function runBeside(variables, ...jobs) {
	const child = spawn("node", wordsOf(variables, jobs), { cwd: work, env, timeout: 120000 });
	let log = "";
	child.stdout.on("data", (text) => (log += text));
	child.stderr.on("data", (text) => (log += text));
	await new Promise((go) => child.on("close", go));
	return log;
}

const out = (name) => {
	const file = join(work, "regress-gate-out", name);
	return existsSync(file) ? readFileSync(file, "utf8") : "";
};

function mergeRequest(words, more = {}) {
	git("checkout", "--quiet", "change");
	commit("change", words);
	rmSync(join(work, "regress-gate-out"), { recursive: true, force: true });
	return run({
		CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_IID: "3", CI_MERGE_REQUEST_PROJECT_ID: "5", CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "5",
		CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main", ...more,
	});
}

async function mergeRequests() {
	git("checkout", "--quiet", "-b", "change");
	let log = mergeRequest([]);
	check("undecided is a warning", ended(log, "regress-gate") === "WARN 3" && out("verdict.json").includes('"no_baseline"'), log);

	git("checkout", "--quiet", "main");
	log = run({ CI_PIPELINE_SOURCE: "push", ...(long ? {} : { REGRESS_GATE_RUNS: "2" }) });
	check("a push to the default branch stores and pushes baselines", ended(log, "regress-gate-baseline") === "" && pushedBaselines().includes("refs/regress-gate/"), log);

	forgetBaselines();
	log = mergeRequest(["hot"]);
	check("a slower function fails the job", ended(log, "regress-gate") === "FAIL 1" && log.includes("FAIL  hash_order()"), log);
	let state = await forge.state();
	check("one note was made", state.notes.length === 1 && state.notes[0].body.includes("**FAIL**"), JSON.stringify(state.notes));
	check("the reports are there", out("junit.xml").includes("<failure") && out("metrics.txt").includes("# EOF") && out("codequality.json").startsWith("["), log);
	check("nothing but captures was run as root", sudone().every((line) => / capture --output=/.test(line)), sudone().join("\n"));
	check("the token is nowhere in the log", !log.includes("secret-token"), log);
	if (!long) return;
	log = mergeRequest([]);
	check("made fast again it passes", ended(log, "regress-gate") === "" && out("verdict.json").includes('"pass"'), log);
	state = await forge.state();
	check("the note was edited in place", state.notes.length === 1 && state.notes[0].body.includes("**PASS**"), JSON.stringify(state.notes));
	log = mergeRequest(["hot"], { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "6" });
	check("a fork's merge request runs nothing here", !log.includes("profiling"), log);
}

// --- Forks ------------------------------------------------------------------------------------------

// What the second half asks of GitLab beside the notes; the rest is the forge's.
async function startApi(request) {
	const server = createServer(async (req, res) => {
		const known = {
			"/api/v4/projects/5/merge_requests/3": () => JSON.stringify(request),
			"/api/v4/projects/6/pipelines/70/jobs?per_page=100": () => JSON.stringify([{ id: 1, name: "build" }, { id: 700, name: "regress-gate-fork" }]),
			"/api/v4/projects/6/jobs/700/artifacts/regress-gate-out/verdict.json": () => out("verdict.json"),
		};
		request.tokens.push(`${req.url.split("/").pop()} ${req.headers["private-token"] ?? "none"}`);
		if (known[req.url]) return res.end(known[req.url]());
		const chunks = [];
		for await (const chunk of req) chunks.push(chunk);
		const answer = await fetch(forge.url + req.url, { method: req.method, headers: { ...req.headers }, body: chunks.length ? Buffer.concat(chunks) : undefined });
		res.writeHead(answer.status, { "Content-Type": "application/json" });
		res.end(await answer.text());
	});
	await new Promise((go) => server.listen(0, "127.0.0.1", go));
	server.unref();
	return `http://127.0.0.1:${server.address().port}/api/v4`;
}

async function forks() {
	await forge.state({ notes: [] });
	const sha = git("rev-parse", "change");
	const request = { tokens: [], sha, source_project_id: 6, head_pipeline: { id: 70, sha, project_id: 6 } };
	const api = await startApi(request);
	let log = mergeRequest(["hot"], { CI_PROJECT_ID: "6", CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "6", CI_MERGE_REQUEST_PROJECT_URL: join(top, "origin"), GITLAB_TOKEN: "" });
	check("the fork's pipeline makes a verdict and posts nothing", ended(log, "regress-gate-fork") === "FAIL 1" && (await forge.state()).notes.length === 0, log);

	git("checkout", "--quiet", "main");
	const report = { CI_PIPELINE_SOURCE: "web", CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main", REGRESS_GATE_MR: "3", CI_API_V4_URL: api };
	log = await runBeside(report);
	check("the other half posts it", ended(log, "regress-gate-fork-report") === "" && (await forge.state()).notes.length === 1, log);
	check("the file was asked for without the token", request.tokens.includes("verdict.json none"), JSON.stringify(request.tokens));
	log = await runBeside({ ...report, GITLAB_TOKEN: "no-token" });
	check("a note that is not posted is a failure", ended(log, "regress-gate-fork-report") === "FAIL 4" && log.includes("not posted"), log);
	request.head_pipeline.sha = git("rev-parse", "main");
	log = await runBeside(report);
	check("another commit's verdict is refused", ended(log, "regress-gate-fork-report") === "FAIL 2" && log.includes("has no pipeline of its fork"), log);
	log = await runBeside({ ...report, REGRESS_GATE_MR: "3/../4" });
	check("so is what is no number", ended(log, "regress-gate-fork-report") === "FAIL 2", log);
}

// --- Canaries ---------------------------------------------------------------------------------------

function canary(words) {
	const server = serve(words);
	const log = run({ CI_PIPELINE_SOURCE: "push", CI_COMMIT_TAG: "v1.5", CI_COMMIT_REF_PROTECTED: "true", CI_COMMIT_BRANCH: "", REGRESS_GATE_WINDOW: "1s", REGRESS_GATE_RUNS: "1" },
		"canary-deploy", "canary-check", "canary-promote", "canary-baseline", "canary-rollback");
	server.kill();
	return { log, deploys: deploys() };
}

function canaries() {
	git("checkout", "--quiet", "main");
	git("tag", "v1.4");
	git("commit", "--quiet", "--allow-empty", "--message", "v1.5");
	git("tag", "v1.5");
	let result = canary(["hot"]);
	check("a slower canary is taken back", result.deploys === "canary v1.5\nrollback v1.5\n", result.log + result.deploys);
	result = canary([]);
	check("a good one goes on", result.deploys === "canary v1.5\npromote v1.5\n", result.log + result.deploys);
	check("and is the baseline of its version", /stored run \S+ of v1\.5/.test(result.log), result.log);
}

main(async () => {
	forge = await startForge();
	makeRepository("--gitlab", { ".gitlab-ci.yml": pipeline });
	// What it derives its variables from, in place of the address of "origin".
	git("remote", "add", "gcl-origin", "http://127.0.0.1/shop/orders.git");
	git("remote", "set-head", "origin", "main");
	await mergeRequests();
	if (!long) return;
	await forks();
	canaries();
});
