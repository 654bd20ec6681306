// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the runs of the templates have in common: a repository with its remote, whose program is a small service that
// can be made slower; the program under test on the PATH; the fake forge; and the counting of what was checked.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const long = process.env.RG_LONG === "1";
export const top = mkdtempSync(join(tmpdir(), "rg-templates-"));
export const work = join(top, "work");
export const programs = resolve(process.env.RG_PROGRAMS);
export const env = {
	PATH: `${join(top, "bin")}:${process.env.PATH}`, HOME: top, LANG: "C.UTF-8",
	GIT_CONFIG_COUNT: "2", GIT_CONFIG_KEY_0: "user.name", GIT_CONFIG_VALUE_0: "Ada", GIT_CONFIG_KEY_1: "user.email", GIT_CONFIG_VALUE_1: "ada@shop.example",
};
export const children = [];

let passed = 0;
const failures = [];

export function check(what, good, show = "") {
	if (good) passed++;
	else failures.push(`FAILED: ${what}\n${show}`);
}

export const git = (...words) => execFileSync("git", ["-C", work, ...words], { encoding: "utf8", env, stdio: ["ignore", "pipe", "inherit"] }).trim();

// ["hot"]: one of its functions takes three times as long.
function configure(words) {
	// Beside the other templates' runs, and whatever the machine's host takes of its CPUs.
	const text = {
		target: { command: ["./server", ...words] }, window: "1s", slice: "100ms", frequency: 1999,
		policy: { growth: "60%", basis: "share", comparable: { max_starved: "100%", max_steal: "100%" } },
	};
	writeFileSync(join(work, "regress-gate.json"), JSON.stringify(text));
}

export function commit(branch, words) {
	configure(words);
	git("commit", "--quiet", "--all", "--allow-empty", "--message", `${branch}: ${words.join(" ")}`);
	git("push", "--quiet", "origin", branch);
}

// `init` with this option writes the templates; `files` are added.
export function makeRepository(option, files = {}) {
	mkdirSync(join(top, "bin"));
	chmodSync(top, 0o755);
	// As a runner's user, who may become root: sudo keeps nothing of the environment, and says whose files they are.
	writeFileSync(join(top, "bin/id"), '#!/bin/sh\n[ "$*" = -u ] && echo 1001 || exec /usr/bin/id "$@"\n', { mode: 0o755 });
	writeFileSync(join(top, "bin/sudo"), `#!/bin/sh\n[ "$1" = -n ] && shift\necho "$@" >>${top}/sudone\nexec env -i PATH=/usr/bin:/bin SUDO_UID=65534 SUDO_GID=65534 "$@"\n`, { mode: 0o755 });
	symlinkSync(resolve(process.env.RG), join(top, "bin/regress-gate"));
	execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", join(top, "origin.git")]);
	execFileSync("git", ["clone", "--quiet", join(top, "origin.git"), work], { stdio: "ignore" });
	git("checkout", "--quiet", "-b", "main");
	writeFileSync(join(work, "Makefile"), `server: ; cp ${programs}/steady server\n`);
	writeFileSync(join(work, "deploy"), `#!/bin/sh\necho "$@" >>${top}/deploys\n`, { mode: 0o755 });
	writeFileSync(join(work, ".gitignore"), "server\nregress-gate-out/\n.gitlab-ci-local/\n");
	for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);
	execFileSync(join(top, "bin/regress-gate"), ["init", option], { cwd: work, env });
	git("add", ".");
	commit("main", []);
}

// A server of these words runs until the next one; pgrep finds it, and no other.
export function serve(words) {
	const server = spawn(join(work, "server"), words);
	children.push(server);
	writeFileSync(join(top, "bin/pgrep"), `#!/bin/sh\necho ${server.pid}\n`, { mode: 0o755 });
	return server;
}

export function deploys() {
	const file = join(top, "deploys");
	const text = existsSync(file) ? readFileSync(file, "utf8") : "";
	rmSync(file, { force: true });
	return text;
}

// What was run as root, a line each.
export const sudone = () => readFileSync(join(top, "sudone"), "utf8").trim().split("\n");

export const pushedBaselines = () => execFileSync("git", ["-C", join(top, "origin.git"), "for-each-ref", "refs/regress-gate"], { encoding: "utf8" });

// As on another runner, which has nothing of what was stored.
export const forgetBaselines = () => rmSync(join(work, ".git/regress-gate.git"), { recursive: true, force: true });

export async function startForge() {
	const port = join(top, "port");
	children.push(spawn("node", [join(here, "../forge/forge.mjs"), port, join(top, "forge.log")], { stdio: "inherit" }));
	while (!existsSync(port)) await new Promise((go) => setTimeout(go, 50));
	const url = `http://127.0.0.1:${readFileSync(port, "utf8")}`;
	const state = async (change) => (await fetch(`${url}/_state`, change && { method: "PUT", body: JSON.stringify(change) })).json();
	return { url, state };
}

// Runs the test, and exits by what came of it.
export async function main(test) {
	try {
		await test();
	} catch (error) {
		failures.push(`FAILED: ${error.stack}`);
	}
	children.forEach((child) => child.kill());
	rmSync(top, { recursive: true, force: true });
	failures.forEach((text) => console.log(text));
	console.log(`${passed} passed, ${failures.length} failed`);
	process.exit(failures.length ? 1 : 0);
}
