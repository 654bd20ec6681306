// SPDX-License-Identifier: GPL-2.0-or-later
//
// A headless Chromium, spoken to by its DevTools protocol over a pipe: commands and events are JSON with a NUL behind
// each, in on fd 3 and out on fd 4. No package is needed for it, and no port is open.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ANSWER_MS = 30000;

export class Browser {
	#child;
	#folder;
	#ended;
	#waiting = new Map();
	#next = 1;
	#pending = "";

	constructor(program) {
		this.#folder = mkdtempSync(join(tmpdir(), "browser-"));
		// Root may not have its sandbox, and a container's /dev/shm may be small.
		this.#child = spawn(program, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
			`--user-data-dir=${this.#folder}`, "--remote-debugging-pipe", "about:blank"],
			{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
		this.#ended = new Promise((resolve) => this.#child.on("exit", (status, signal) => {
			for (const { reject } of this.#waiting.values())
				reject(new Error(`the browser ended: status ${status}, signal ${signal}`));
			resolve();
		}));
		this.#child.stdio[3].on("error", () => {}); // it ended: that is told above
		this.#child.stdio[4].on("data", (bytes) => this.#take(bytes.toString()));
		this.events = [];
		this.scripts = true; // of the pages that are opened next
	}

	#take(text) {
		const parts = (this.#pending + text).split("\0");

		this.#pending = parts.pop();
		for (const part of parts) {
			const message = JSON.parse(part);
			const answered = this.#waiting.get(message.id);

			this.#waiting.delete(message.id);
			if (!answered)
				this.events.push(message);
			else if (message.error)
				answered.reject(new Error(message.error.message));
			else
				answered.resolve(message.result);
		}
	}

	send(method, params = {}, sessionId = this.session) {
		const id = this.#next++;

		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), ANSWER_MS);

			this.#waiting.set(id, {
				resolve: (result) => (clearTimeout(timer), resolve(result)),
				reject: (error) => (clearTimeout(timer), reject(error)),
			});
			this.#child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
		});
	}

	// A page at that address, once its load event is over; what it did is in `events`.
	async open(url, width, height, scheme = "light") {
		const { targetId } = await this.send("Target.createTarget", { url: "about:blank" }, undefined);

		this.session = (await this.send("Target.attachToTarget", { targetId, flatten: true }, undefined)).sessionId;
		for (const domain of ["Page", "Runtime", "Log", "Network"])
			await this.send(`${domain}.enable`);
		await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
		await this.send("Emulation.setScriptExecutionDisabled", { value: !this.scripts });
		await this.setScheme(scheme);
		this.events.length = 0;
		await this.send("Page.navigate", { url });
		while (!this.events.some(({ method }) => method === "Page.loadEventFired"))
			await new Promise((resolve) => setTimeout(resolve, 10));
	}

	setScheme(scheme) {
		return this.send("Emulation.setEmulatedMedia", { media: "", features: [{ name: "prefers-color-scheme", value: scheme }] });
	}

	async run(expression) {
		const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });

		if (exceptionDetails)
			throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
		return result.value;
	}

	async key(key) {
		const text = key.length === 1 ? key : key === "Enter" ? "\r" : undefined;

		await this.send("Input.dispatchKeyEvent", { type: "keyDown", key, text, windowsVirtualKeyCode: key === "Enter" ? 13 : undefined });
		await this.send("Input.dispatchKeyEvent", { type: "keyUp", key });
	}

	// A click in the middle of what the selector finds.
	async click(selector) {
		const at = await this.run(`(() => {
			const found = document.querySelector(${JSON.stringify(selector)});
			found.scrollIntoView({ block: "center" });
			const box = found.getBoundingClientRect();
			return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
		})()`);

		for (const type of ["mousePressed", "mouseReleased"])
			await this.send("Input.dispatchMouseEvent", { type, ...at, button: "left", clickCount: 1 });
	}

	async screenshot() {
		return Buffer.from((await this.send("Page.captureScreenshot", { format: "png" })).data, "base64");
	}

	// What the page complained of, scripts and security policy alike.
	complaints() {
		return this.events.filter(({ method, params }) => method === "Runtime.exceptionThrown" || method === "Log.entryAdded" ||
			(method === "Runtime.consoleAPICalled" && params.type === "error"));
	}

	requests() {
		return this.events.filter(({ method }) => method === "Network.requestWillBeSent").map(({ params }) => params.request.url);
	}

	async close() {
		await this.send("Browser.close", {}, undefined).catch(() => this.#child.kill());
		await this.#ended;
		rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
	}
}
