/** `npm run bench [name]`: runs one benchmark, a file of this folder that exports `run`; without a name, lists them. */
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL(".", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => /^[a-z-]+\.ts$/.test(file) && file !== "index.ts")
  .filter((file) =>
    /^export async function run\(/m.test(readFileSync(new URL(file, folder), "utf8")),
  )
  .map((file) => file.replace(/\.ts$/, ""))
  .sort();

const [name] = process.argv.slice(2);
if (name === undefined) {
  for (const each of names) console.log(`npm run bench ${each}`);
} else if (names.includes(name)) {
  const { run } = (await import(`./${name}.ts`)) as { run(): Promise<void> };
  await run();
} else {
  console.error(`bench ${name}: there is no such benchmark. Choose one of: ${names.join(", ")}`);
  process.exitCode = 2;
}
