import { verifyLab } from "../lab/index.ts";
import { openSandbox } from "../sandbox/index.ts";
import { cleanLine, EXIT, type GlobalOptions, paint, print, printJson } from "./output.ts";

export async function verify(
  study: string | undefined,
  options: { rerun?: number; seed?: number },
  global: GlobalOptions,
): Promise<void> {
  const result = await verifyLab(global, {
    ...(study === undefined ? {} : { study }),
    ...options,
    sandbox: () => openSandbox(),
    onProgress: (what) => {
      if (!global.json && process.stderr.isTTY)
        process.stderr.write(`\r\u001b[K${paint("dim", cleanLine(what))}`);
    },
  });
  if (!global.json && process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  if (result.findings.length > 0) process.exitCode = EXIT.findings;
  if (global.json) {
    printJson(result);
    return;
  }
  for (const { place, problem } of result.findings)
    print(`${paint("red", "✘")} ${paint("bold", cleanLine(place))}: ${cleanLine(problem)}`);
  const { events, objects, studies, claims, runs, articles, reruns } = result;
  const looked = `${events} events, ${objects} objects, ${studies} studies, ${runs} runs, ${claims} claims derived again, ${articles} articles compiled again`;
  if (reruns.length > 0)
    print(
      `${reruns.filter((rerun) => rerun.same).length} of ${reruns.length} runs made again gave the same bytes.`,
    );
  print(
    result.findings.length === 0
      ? `${paint("green", "✔")} All holds: ${looked}.`
      : `${result.findings.length} findings in ${looked}.`,
  );
}
