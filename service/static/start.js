"use strict";
// The start page: sign in (by a one-time link in the address' fragment, or by name), then the table.
const byId = (id) => document.getElementById(id);
const MU_M2 = 2000 / 3;

function say(text) {
  byId("message").textContent = text;
}

async function ask(address, options = {}) {
  const answer = await fetch(address, { headers: { "Content-Type": "application/json" }, ...options });
  const body = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.detail), { status: answer.status });
  return body;
}

const number = (value, digits) =>
  value.toLocaleString("zh-CN", { minimumFractionDigits: digits, maximumFractionDigits: digits });

function show(table) {
  const body = byId("rows");
  body.replaceChildren(
    ...table.rows.map((row) => {
      const cells = [
        row.code,
        row.name,
        number(row.plot_count, 0),
        number(row.green_m2 / MU_M2, 1),
        number(row.green_m2 / 10000, 2),
        row.coverage === null ? "—" : `${number(row.coverage * 100, 3)} %`,
        number(row.overlap_m2 / MU_M2, 1),
      ];
      const line = document.createElement("tr");
      line.append(
        ...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })),
      );
      return line;
    }),
  );
  byId("asof").textContent =
    `数据时间 as of ${new Date(table.as_of).toLocaleString("zh-CN")}　界线 boundary: ${table.boundary}`;
}

async function enter() {
  const me = await ask("/api/me");
  byId("signin").hidden = true;
  byId("content").hidden = false;
  byId("who").hidden = false;
  byId("name").textContent = `${me.name}（${me.role}）`;
  say("正在计算覆盖率… computing");
  show(await ask("/api/coverage"));
  const demo = await ask("/api/plots?limit=1&version=approved");
  byId("demo").hidden = !demo.features.some((plot) => plot.properties.demo);
  say("");
}

async function signIn(secrets) {
  try {
    await ask("/api/session", { method: "POST", body: JSON.stringify(secrets) });
    await enter();
  } catch (error) {
    byId("signin").hidden = false;
    say(error.message);
  }
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(Object.fromEntries(new FormData(event.target)));
});
byId("leave").addEventListener("click", async () => {
  await ask("/api/session", { method: "DELETE" });
  location.reload();
});

const link = new URLSearchParams(location.hash.slice(1)).get("link");
if (link) {
  // The secret leaves the address bar before anything else can see it.
  history.replaceState(null, "", location.pathname);
  signIn({ link });
} else {
  enter().catch((error) => {
    if (error.status !== 401) say(error.message);
    byId("signin").hidden = false;
  });
}
