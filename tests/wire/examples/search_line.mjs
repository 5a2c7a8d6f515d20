// A search over the Unix socket: one line of JSON there, one back.  SPDX-License-Identifier: GPL-2.0-or-later
import net from "node:net";
import readline from "node:readline";

const footnote = net.connect(process.env.FOOTNOTE_SOCKET ?? "/run/footnote/footnote.sock");
const params = { query: process.argv[2], limit: 5 };
footnote.write(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "search", params }) + "\n");

for await (const line of readline.createInterface({ input: footnote })) {
  const { result, error } = JSON.parse(line);
  footnote.end();
  if (error) throw new Error(error.message);
  for (const hit of result.hits) {
    console.log(hit.title, "§", hit.section?.heading ?? "");
    for (const cite of hit.cites) console.log(`  [${cite.n}] ${cite.url}`);
  }
}
