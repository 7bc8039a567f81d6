import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Labs that are run side by side: they wait as much as they work. */
const LANES = 3;

/** Does the work for each item, some side by side, and throws in the end all that went wrong. */
export async function inLanes<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  // One iterator for all lanes: each item is taken by one of them.
  const waiting = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      await work(next.value).catch((error: unknown) => {
        failures.push(error);
        // At once: at full size the others take most of an hour.
        console.log(String(error));
      });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    const said = failures.map((error) => (error instanceof Error ? error.message : String(error)));
    throw new AggregateError(failures, `${failures.length} went wrong:\n${said.join("\n")}`);
  }
}

/** Says in whatever goes wrong what it went wrong with. */
export async function named(name: () => string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) error.message = `${name()}: ${error.message}`;
    throw error;
  }
}

/** A thousand small files: the system's own program copies them with a tenth of the work. */
export async function copyTree(from: string, to: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", `${from}/.`, to]);
}
