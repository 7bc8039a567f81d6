import { mkdtemp, readlink, realpath, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Isolation, Sandbox } from "./job.ts";
import { LaunchFailed } from "./launcher.ts";

/**
 * Runs a job that tries to read a file of the lab, to write to its own read-only files and to reach a
 * server of the lab, and that tells its process namespace. Rejects with LaunchFailed, saying which,
 * where the job could reach what the sandbox claims to keep from it, or could not do its own work.
 */
export async function proveSandbox(sandbox: Sandbox): Promise<void> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "glasshouse-trial-"));
  const server = createServer((socket) => socket.destroy());
  try {
    const secret = join(folder, "secret");
    await writeFile(secret, "secret");
    const port = await listen(server);
    const namespace = await readlink("/proc/self/ns/pid").catch(() => null);
    const outcome = await sandbox.run({
      command: ["node", "/job/trial.cjs"],
      files: {
        "trial.cjs": Buffer.from(TRIAL),
        "trial.json": Buffer.from(JSON.stringify({ secret, port, namespace })),
      },
      limits: { wallSeconds: 30, memoryMb: 1024, processes: 1, diskMb: 1, outputMb: 1 },
      trust: "registered",
    });
    try {
      const written = outcome.outputs.files.some((file) => file.name === "reach.json");
      if (outcome.status !== "ok" || !written) {
        throw new LaunchFailed(
          `a trial job ended with ${outcome.status}: ${outcome.stderr.trim()}`,
        );
      }
      const bytes = await outcome.outputs.read("reach.json");
      judge(JSON.parse(Buffer.from(bytes).toString()) as Isolation, sandbox.isolates);
    } finally {
      await outcome.outputs.dispose();
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function judge(reach: Isolation, claimed: Isolation): void {
  for (const what of ["network", "files", "processes"] as const) {
    if (claimed[what] && reach[what]) {
      throw new LaunchFailed(`a trial job could reach the ${what} of the lab`);
    }
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** Plain JavaScript: it runs where there is nothing but Node. */
const TRIAL = `
const fs = require("node:fs");
const net = require("node:net");
const { join } = require("node:path");
const { GLASSHOUSE_JOB: job, GLASSHOUSE_OUT: out } = process.env;
const { secret, port, namespace } = JSON.parse(fs.readFileSync(join(job, "trial.json"), "utf8"));
const can = (action) => {
  try {
    action();
    return true;
  } catch {
    return false;
  }
};
const files =
  can(() => fs.readFileSync(secret)) || can(() => fs.writeFileSync(join(job, "planted"), "x"));
let processes = true;
can(() => { processes = fs.readlinkSync("/proc/self/ns/pid") === namespace; });
const finish = (network) =>
  fs.writeFileSync(join(out, "reach.json"), JSON.stringify({ network, files, processes }));
try {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("connect", () => { socket.destroy(); finish(true); });
  socket.on("error", () => finish(false));
} catch {
  finish(false);
}
`;
