// SPDX-License-Identifier: GPL-2.0-or-later
//
// An independent client of GitLab's API at work on the fake: what it makes of the fake's notes, and of the note that
// the program posted there.
//
//   node gitlab.mjs CACHE HOST TOKEN      after `report --post gitlab` to project 5, merge request 3
import { createRequire } from "node:module";

const [cache, host, token] = process.argv.slice(2);
const { Gitlab } = createRequire(`${cache}/package.json`)("@gitbeaker/rest");
const api = new Gitlab({ host, token });
let failed = 0;
let passed = 0;

function check(what, ok) {
	if (ok) passed++;
	else {
		failed++;
		console.log(`FAILED: ${what}`);
	}
}

const notes = await api.MergeRequestNotes.all(5, 3);
const ours = notes.filter((note) => note.body.startsWith("<!-- regress-gate:v1:"));
check("the posted note is listed once", ours.length === 1);
check("it is by the token's user", ours[0]?.author.id === (await api.Users.showCurrentUser()).id);
check("it says the verdict", ours[0]?.body.includes("**FAIL**"));
const made = await api.MergeRequestNotes.create(5, 3, "hello");
check("a note can be made", made.body === "hello" && made.id > 0);
const edited = await api.MergeRequestNotes.edit(5, 3, made.id, { body: "changed" });
check("and edited", edited.id === made.id && edited.body === "changed");
const shown = await api.MergeRequestNotes.show(5, 3, made.id);
check("and shown", shown.body === "changed");
await api.MergeRequestNotes.remove(5, 3, made.id);
const gone = await api.MergeRequestNotes.show(5, 3, made.id).then(() => false, (error) => error.cause?.response?.status === 404);
check("and removed", gone);
for (let i = 0; i < 45; i++) await api.MergeRequestNotes.create(5, 3, `note ${i}`);
check("pages are followed", (await api.MergeRequestNotes.all(5, 3, { perPage: 20 })).length === 46);
const refused = await new Gitlab({ host, token: "wrong" }).MergeRequestNotes.all(5, 3).then(() => false, (error) => error.cause?.response?.status === 401);
check("a wrong token is refused", refused);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
