import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface ModelHub {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly requests: string[];
  /** Answers every request with this status until it is undefined again. */
  refuse(status: number | undefined): void;
  close(): Promise<void>;
}

/** A hub of models on this machine: `/<name>/resolve/main/<file>` from `<root>/<name>/<file>`, with byte ranges. */
export async function startModelHub(root: string): Promise<ModelHub> {
  const requests: string[] = [];
  let refusal: number | undefined;
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    requests.push(path);
    const [, name = "", file = ""] = /^\/(.+?)\/resolve\/main\/(.+)$/.exec(path) ?? [];
    const local = join(root, name, file);
    // The real one says 401 for a repository that does not exist.
    if (refusal !== undefined || !existsSync(join(root, name)))
      return response.writeHead(refusal ?? 401).end();
    if (!existsSync(local)) return response.writeHead(404).end();
    const bytes = readFileSync(local);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    if (from !== undefined) {
      const part = bytes.subarray(Number(from), Number(to) + 1);
      response.writeHead(206, {
        "content-length": part.length,
        "content-range": `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`,
      });
      return response.end(part);
    }
    response.writeHead(200, { "content-length": bytes.length });
    return response.end(request.method === "HEAD" ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    refuse: (status) => {
      refusal = status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
