// SPDX-License-Identifier: GPL-2.0-or-later
//
// A forge for tests: comments, check runs, statuses and pull requests of GitHub's REST API, notes of GitLab's, kept
// in memory, with faults on demand. It is strict where the published descriptions are silent: token,
// User-Agent, version header, body limit, pagination, content type.
//
//   node forge.mjs PORT-FILE [LOG-FILE [KEY-FILE CERTIFICATE-FILE]]
//
// The port is written to PORT-FILE when it listens. Everything that comes in is written to LOG-FILE, one
// JSON a line. /_state and /_fault are the test's own:
//   PUT /_state   {"token", "login", "comments": [...], "pulls": [...], ...} replaces what is known
//   GET /_state   tells
//   PUT /_fault   [{"match": "POST /repos/", "times": 1, "kind": "status", "status": 500, ...}] replaces the faults
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";

const [portFile, logFile, keyFile, certificateFile] = process.argv.slice(2);
const state = {
	token: "secret-token",
	login: "github-actions[bot]",
	user: { id: 77, username: "project_1_bot", name: "bot" },
	comments: [], // {id, user: {login}, body}
	notes: [], // {id, author: {id, username}, body, system}
	pulls: [], // {number, state, head: {ref, sha, label}}
	checks: [],
	statuses: [],
	nextId: 100,
	version: "2022-11-28",
};
let faults = [];
let waiting = []; // requests held back until others have come

const log = (entry) => logFile && appendFileSync(logFile, JSON.stringify(entry) + "\n");

function reply(res, status, body, headers = {}) {
	const text = body === undefined ? "" : JSON.stringify(body);
	const all = { "Content-Type": "application/json; charset=utf-8", ...headers };
	if (status === 204) delete all["Content-Type"];
	res.writeHead(status, all);
	res.end(text);
}

const origin = (req) => `http://${req.headers.host}`;
const missing = (res) => reply(res, 404, { message: "Not Found", documentation_url: "https://docs.example/rest" });

function page(req, res, url, list, toJson) {
	const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
	const number = Number(url.searchParams.get("page") ?? 1);
	const headers = {};
	if (number * size < list.length) {
		const next = new URL(url.pathname + url.search, origin(req));
		next.searchParams.set("page", String(number + 1));
		headers.Link = `<${next}>; rel="next", <${next}>; rel="last"`;
	}
	reply(res, 200, list.slice((number - 1) * size, number * size).map(toJson), headers);
}

// --- GitHub ------------------------------------------------------------------------------------

const stamp = "2024-05-01T10:00:00Z";

function simpleUser(login) {
	const api = `https://api.example/users/${encodeURIComponent(login)}`;
	return {
		login, id: 41898282, node_id: "MDM6Qm90NDE4OTgyODI=", avatar_url: "https://avatars.example/1", gravatar_id: "",
		url: api, html_url: "https://forge.example/apps/bot", followers_url: `${api}/followers`,
		following_url: `${api}/following`, gists_url: `${api}/gists`, starred_url: `${api}/starred`,
		subscriptions_url: `${api}/subscriptions`, organizations_url: `${api}/orgs`, repos_url: `${api}/repos`,
		events_url: `${api}/events`, received_events_url: `${api}/received_events`,
		type: login.endsWith("[bot]") ? "Bot" : "User", site_admin: false,
	};
}

function commentJson(req) {
	return (c) => ({
		id: c.id, node_id: "IC_1", url: `${origin(req)}/repos/shop/orders/issues/comments/${c.id}`,
		html_url: `https://forge.example/shop/orders/pull/7#issuecomment-${c.id}`,
		issue_url: `${origin(req)}/repos/shop/orders/issues/7`, user: simpleUser(c.user.login), body: c.body,
		created_at: stamp, updated_at: stamp, author_association: "NONE",
	});
}

function statusJson(s) {
	return {
		url: "https://api.example/statuses/1", avatar_url: "https://avatars.example/1", id: 1, node_id: "SC_1",
		state: s.state, description: s.description, target_url: s.target_url ?? null, context: s.context,
		created_at: stamp, updated_at: stamp, creator: simpleUser(state.login),
	};
}

function checkJson(c, id) {
	return {
		id, head_sha: c.head_sha, node_id: "CR_1", external_id: "", url: "https://api.example/check-runs/1",
		html_url: "https://forge.example/check/1", details_url: "https://forge.example/check/1", status: c.status,
		conclusion: c.conclusion, started_at: stamp, completed_at: stamp, name: c.name, check_suite: null, app: null,
		pull_requests: [],
		output: {
			title: c.output.title, summary: c.output.summary, text: null,
			annotations_count: c.output.annotations.length, annotations_url: "https://api.example/check-runs/1/annotations",
		},
	};
}

// What GitHub refuses whatever is asked for.
function githubRefusal(req) {
	if (!req.headers["user-agent"]) return [403, "Request forbidden by administrative rules: no User-Agent"];
	if (req.headers.authorization !== `Bearer ${state.token}`) return [401, "Bad credentials"];
	if (req.headers["x-github-api-version"] !== state.version) return [410, "This API version is no longer supported"];
	if (req.headers.accept !== "application/vnd.github+json") return [415, "Must accept application/vnd.github+json"];
	return null;
}

function tooLong(res, body) {
	if (typeof body?.body !== "string") {
		reply(res, 422, { message: "Validation Failed: body is missing" });
		return true;
	}
	if ([...body.body].length > 65536) {
		reply(res, 422, { message: "Validation Failed", errors: [{ resource: "IssueComment", code: "unprocessable", field: "data", message: "Body is too long (maximum is 65536 characters)" }] });
		return true;
	}
	return false;
}

function github(req, res, url, body) {
	const refusal = githubRefusal(req);
	if (refusal) return reply(res, refusal[0], { message: refusal[1], documentation_url: "https://docs.example/rest" });
	const path = url.pathname;
	let match;
	if (path === "/repos/shop/orders/issues/7/comments") {
		if (req.method === "GET") return page(req, res, url, state.comments, commentJson(req));
		if (req.method !== "POST" || tooLong(res, body)) return;
		const comment = { id: state.nextId++, user: { login: state.login }, body: body.body };
		state.comments.push(comment);
		return reply(res, 201, commentJson(req)(comment), { Location: `${origin(req)}/repos/shop/orders/issues/comments/${comment.id}` });
	}
	if ((match = path.match(/^\/repos\/shop\/orders\/issues\/comments\/(\d+)$/))) {
		const at = state.comments.findIndex((c) => c.id === Number(match[1]));
		if (at < 0) return missing(res);
		if (state.comments[at].user.login !== state.login)
			return reply(res, 403, { message: "Resource not accessible by integration" });
		if (req.method === "DELETE") {
			state.comments.splice(at, 1);
			return reply(res, 204);
		}
		if (req.method !== "PATCH" || tooLong(res, body)) return;
		state.comments[at].body = body.body;
		return reply(res, 200, commentJson(req)(state.comments[at]));
	}
	if (path === "/repos/shop/orders/pulls" && req.method === "GET") {
		const head = url.searchParams.get("head");
		const wanted = url.searchParams.get("state") ?? "open";
		return reply(res, 200, state.pulls.filter((p) => p.state === wanted && (!head || p.head.label === head)));
	}
	if (path.match(/^\/repos\/shop\/orders\/commits\/[0-9a-f]{40}\/pulls$/) && req.method === "GET") {
		const sha = path.split("/")[5];
		return reply(res, 200, state.pulls.filter((p) => p.head.sha === sha));
	}
	if (path === "/repos/shop/orders/check-runs" && req.method === "POST") {
		if ((body.output?.annotations ?? []).length > 50) return reply(res, 422, { message: "too many annotations" });
		if (body.output?.summary?.length > 65535) return reply(res, 422, { message: "summary is too long" });
		state.checks.push(body);
		return reply(res, 201, checkJson(body, state.nextId++));
	}
	if ((match = path.match(/^\/repos\/shop\/orders\/statuses\/([0-9a-f]{40})$/)) && req.method === "POST") {
		if (body.description?.length > 140) return reply(res, 422, { message: "description is too long (maximum is 140 characters)" });
		state.statuses.push({ sha: match[1], ...body });
		return reply(res, 201, statusJson(body));
	}
	return missing(res);
}

// --- GitLab ------------------------------------------------------------------------------------

function noteJson(n) {
	return {
		id: n.id, type: null, body: n.body, author: { name: "x", state: "active", avatar_url: null, web_url: "https://forge.example/x", ...n.author },
		created_at: stamp, updated_at: stamp, system: n.system ?? false, noteable_id: 1, noteable_type: "MergeRequest",
		project_id: 5, resolvable: false, confidential: false, internal: false, noteable_iid: 3,
	};
}

function gitlab(req, res, url, body) {
	if (req.headers["private-token"] !== state.token) return reply(res, 401, { message: "401 Unauthorized" });
	const path = decodeURIComponent(url.pathname.slice("/api/v4".length));
	let match;
	if (path === "/user" && req.method === "GET") return reply(res, 200, state.user);
	if ((match = path.match(/^\/projects\/(5|group\/sub\/orders)\/merge_requests\/3\/notes(?:\/(\d+))?$/))) {
		if (!match[2] && req.method === "GET") {
			if (url.searchParams.get("sort") !== "asc") url.searchParams.set("sort", "desc");
			const list = url.searchParams.get("sort") === "asc" ? state.notes : [...state.notes].reverse();
			return page(req, res, url, list, noteJson);
		}
		if (!match[2] && req.method === "POST") {
			if (typeof body?.body !== "string" || body.body === "") return reply(res, 400, { message: "400 Bad request - Note {:note=>[\"can't be blank\"]}" });
			if (body.body.length > 1000000) return reply(res, 400, { message: "note is too long" });
			const note = { id: state.nextId++, author: state.user, body: body.body };
			note.commands = body.body.split(/\r\n|\r|\n/).filter((line) => /^\/[a-z]/.test(line));
			state.notes.push(note);
			return reply(res, 201, noteJson(note));
		}
		const at = state.notes.findIndex((n) => n.id === Number(match[2]));
		if (at < 0) return reply(res, 404, { message: "404 Not found" });
		if (state.notes[at].author.id !== state.user.id) return reply(res, 403, { message: "403 Forbidden" });
		if (req.method === "DELETE") {
			state.notes.splice(at, 1);
			return reply(res, 204);
		}
		if (req.method === "PUT") {
			state.notes[at].body = body.body;
			return reply(res, 200, noteJson(state.notes[at]));
		}
		if (req.method === "GET") return reply(res, 200, noteJson(state.notes[at]));
	}
	return reply(res, 404, { message: "404 Not Found" });
}

// --- Faults ------------------------------------------------------------------------------------

function takeFault(line) {
	const fault = faults.find((f) => f.times !== 0 && line.startsWith(f.match));
	if (!fault) return null;
	if (fault.skip > 0) {
		fault.skip--;
		return null;
	}
	if (fault.times !== undefined) fault.times--;
	return fault;
}

// Returns whether the request is still to be served.
function act(fault, req, res, serve) {
	switch (fault.kind) {
	case "status": // after it was served, when "served" is set
		if (fault.served) serve({ writeHead() {}, end() {} });
		reply(res, fault.status, fault.body ?? { message: fault.message ?? "fault" }, fault.headers ?? {});
		return;
	case "limited-until": // GitHub's primary limit, reset in `seconds`
		reply(res, 403, { message: "API rate limit exceeded" }, { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(Math.floor(Date.now() / 1000) + fault.seconds) });
		return;
	case "retry-date":
		reply(res, 429, { message: "slow down" }, { "Retry-After": new Date(Date.now() + fault.seconds * 1000).toUTCString() });
		return;
	case "cut": // the connection ends in the middle of the body
		if (fault.served) serve({ writeHead() {}, end() {} });
		res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
		res.write('[{"id":');
		setTimeout(() => res.destroy(), 20);
		return;
	case "stall":
		if (fault.served) serve({ writeHead() {}, end() {} });
		return; // and never answers
	case "trickle": // headers, and then nothing
		res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
		res.write("[");
		return;
	case "drip": // a byte now and then, for ever
		res.writeHead(200, { "Content-Type": "application/json" });
		res.on("close", () => clearInterval(res.drip));
		res.drip = setInterval(() => res.write(" "), 100);
		return;
	case "text":
		res.writeHead(200, { "Content-Type": "application/json" });
		res.end(fault.text);
		return;
	case "large":
		res.writeHead(200, { "Content-Type": "application/json" });
		res.end('["' + "x".repeat(fault.bytes) + '"]');
		return;
	case "echo": // a careless service that tells what it was sent, behind `pad` characters
		reply(res, fault.status, { message: "x".repeat(fault.pad ?? 0) + "you sent " + (req.headers.authorization ?? req.headers["private-token"]) });
		return;
	case "delete": // somebody deletes the comments before the request is looked at
		state.comments = [];
		state.notes = [];
		serve(res);
		return;
	case "barrier": // held back until `count` such requests are there
		waiting.push(() => serve(res));
		if (waiting.length >= fault.count) waiting.splice(0).forEach((go) => go());
		return;
	default:
		reply(res, 500, { message: "unknown fault" });
	}
}

function serveRequest(req, res) {
	const chunks = [];
	req.on("data", (chunk) => chunks.push(chunk));
	req.on("end", () => {
		const text = Buffer.concat(chunks).toString("utf8");
		let body;
		try {
			body = text ? JSON.parse(text) : undefined;
		} catch {
			return reply(res, 400, { message: "Problems parsing JSON" });
		}
		// A proxy is asked with the whole address.
		const url = new URL(req.url, origin(req));
		if (url.pathname === "/_state") {
			if (req.method === "PUT") Object.assign(state, body);
			return reply(res, 200, state);
		}
		if (url.pathname === "/_fault") {
			faults = body;
			return reply(res, 200, faults);
		}
		log({ method: req.method, url: req.url, headers: req.headers, body });
		const serve = (to) => (url.pathname.startsWith("/api/v4/") ? gitlab(req, to, url, body) : github(req, to, url, body));
		const fault = takeFault(`${req.method} ${url.pathname}`);
		if (fault) act(fault, req, res, serve);
		else serve(res);
	});
}

const server = keyFile
	? createTlsServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, serveRequest)
	: createServer(serveRequest);
server.keepAliveTimeout = 60000;
server.listen(0, "127.0.0.1", () => {
	writeFileSync(portFile + ".new", String(server.address().port));
	renameSync(portFile + ".new", portFile);
});
