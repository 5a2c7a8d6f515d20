// The same search over HTTP.  SPDX-License-Identifier: GPL-2.0-or-later
import http from "node:http";

const base = `http://${process.env.FOOTNOTE_HTTP ?? "127.0.0.1:7780"}`;
const query = new URLSearchParams({ q: process.argv[2], limit: 5 });

http.get(`${base}/v1/search?${query}`, async (response) => {
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += part;
  const answer = JSON.parse(text);
  if (response.statusCode !== 200) throw new Error(answer.error.message);
  for (const hit of answer.hits) {
    console.log(hit.title, "§", hit.section?.heading ?? "");
    for (const cite of hit.cites) console.log(`  [${cite.n}] ${cite.url}`);
  }
});
