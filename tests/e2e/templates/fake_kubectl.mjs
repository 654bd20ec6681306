#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
//
// As much of kubectl as capture.sh asks for, with a node that is this machine. The container "capture" of the job is run for
// real: with the capabilities its manifest names and no other, without new privileges, in a cgroup namespace of its own.
//
//   FAKE_STATE=FOLDER FAKE_CACHE=FOLDER fake_kubectl.mjs WORDS…
//
// In FAKE_STATE: pod.json, what jsonpath expressions of the canary's pod come to; then what the job leaves. FAKE_WITHOUT takes
// a capability away, FAKE_CUT half of the profile.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const state = process.env.FAKE_STATE;
const { parse } = createRequire(join(process.env.FAKE_CACHE, "package.json"))("yaml");
const words = process.argv.slice(2);
const option = (name) => words[words.indexOf(name) + 1];
const file = (name) => join(state, name);
appendFileSync(file("asked"), words.join(" ") + "\n");

function fail(text) {
	console.error(`Error from server: ${text}`);
	process.exit(1);
}

// The job's pod, as the runtime would start its first container; what it mounts is put in place of the paths.
function start(manifest) {
	const container = manifest.spec.template.spec.initContainers[0];
	const security = container.securityContext;
	const given = security.capabilities.add.filter((name) => name !== process.env.FAKE_WITHOUT);
	const capabilities = given.map((name) => `+${name.toLowerCase()}`);
	mkdirSync(file("profile"), { recursive: true });
	const command = container.command.map((word) => word.replace("/profile/", `${file("profile")}/`));
	const confined = ["setpriv", `--bounding-set=-all,${capabilities.join(",")}`, "--inh-caps=-all", ...(security.allowPrivilegeEscalation ? [] : ["--no-new-privs"])];
	const log = openSync(file("log"), "w");
	const script = `echo $$ >${process.env.FAKE_CGROUP}/cgroup.procs; shift; unshare --cgroup "$@"; echo $? >"${file("ended")}"`;
	spawn("sh", ["-c", script, "sh", "", ...confined, ...command], { detached: true, stdio: ["ignore", log, log] }).unref();
}

if (words[0] === "create") {
	const text = readFileSync(0, "utf8");
	const manifest = parse(text);
	writeFileSync(file("manifest.yaml"), text);
	start(manifest);
	console.log(`job.batch/${manifest.metadata.generateName}x7k2p`);
} else if (words[0] === "get" && words[1] === "pod") {
	const answers = JSON.parse(readFileSync(file("pod.json"), "utf8"))[`${option("--namespace")}/${words[2]}`];
	if (!answers) fail(`pods "${words[2]}" not found`);
	process.stdout.write(answers[option("--output").replace("jsonpath=", "")] ?? "");
} else if (words[0] === "get" && option("--selector") === "job-name=regress-gate-x7k2p") {
	const status = existsSync(file("ended")) && Number(readFileSync(file("ended"), "utf8"));
	process.stdout.write(status === false ? "Pending" : status === 0 ? "Running" : "Failed");
} else if (words[0] === "logs") {
	process.stdout.write(readFileSync(file("log"), "utf8"));
} else if (words[0] === "exec" && words.slice(-3).join(" ") === "-- cat /profile/canary.pb.gz") {
	const bytes = readFileSync(file("profile/canary.pb.gz"));
	process.stdout.write(process.env.FAKE_CUT ? bytes.subarray(0, bytes.length / 2) : bytes);
} else if (words[0] === "delete") {
	writeFileSync(file("deleted"), words[1]);
} else {
	fail(`unexpected: ${words.join(" ")}`);
}
