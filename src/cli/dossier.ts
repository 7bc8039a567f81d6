import { isProblem, openFileSource, readTranscripts } from "../formats/index.ts";
import { readIncidents, sessionsFolder } from "../lab/index.ts";
import {
  changeText,
  comparisonText,
  countRun,
  type Dossier,
  day,
  dossierPage,
  dossiers,
  embeddedEnsemble,
  embeddedModel,
  findFiles,
  operatingThreshold,
  type RunTally,
  range,
  share,
  watchWith,
} from "../oversight/index.ts";
import { Fault, writeDurably } from "../record/index.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "./output.ts";
import { screenWidth, wrapped } from "./screen.ts";
import { table } from "./table.ts";

export async function showDossiers(
  agent: string | undefined,
  options: DossierCommand,
  global: GlobalOptions,
): Promise<void> {
  const runs = await tallies(global, options.from);
  // All are counted, since each is compared with its peers.
  const all = dossiers(runs, { seed: options.seed });
  const wanted = agent?.toLowerCase() ?? "";
  const found = all.filter((one) => one.agent.toLowerCase().includes(wanted));
  if (found.length === 0) {
    throw new Fault(
      agent === undefined ? "dossier" : `agent ${cleanLine(agent)}`,
      all.length === 0 ? "there are no transcripts" : "no transcript is of such an agent",
      all.length === 0
        ? "Give transcripts with --from, or let a guard record some"
        : `There is ${all
            .slice(0, 5)
            .map((one) => cleanLine(one.agent))
            .join(", ")}`,
    );
  }
  if (options.page !== undefined) await writeDurably(options.page, dossierPage(found));
  if (global.json) printJson(found);
  else print(found.map(text).join("\n\n"));
}

export interface DossierCommand {
  readonly from?: readonly string[];
  readonly page?: string;
  readonly seed: number;
}

async function tallies(
  lab: GlobalOptions,
  from: readonly string[] | undefined,
): Promise<readonly RunTally[]> {
  const files = await findFiles(from ?? [sessionsFolder(lab)]).catch((error: unknown) => {
    if (from === undefined && error instanceof Fault) return [];
    throw error;
  });
  const ensemble = embeddedEnsemble();
  const threshold = operatingThreshold(embeddedModel());
  const incidents = from === undefined ? await sessionsWithIncidents(lab) : new Set<string>();
  const runs: RunTally[] = [];
  for (const file of files) {
    const source = await openFileSource(file);
    try {
      for await (const item of readTranscripts(source)) {
        if (isProblem(item)) continue;
        const counter = countRun(item);
        const watch = watchWith(ensemble, item);
        let flagged = 0;
        for await (const event of item.events()) {
          counter.see(event);
          const { step } = await watch.see(event);
          if (event.kind === "tool-call" && step > threshold) flagged++;
        }
        const { soFar } = await watch.end();
        runs.push(counter.end({ flagged, incident: soFar > threshold || incidents.has(item.id) }));
      }
    } finally {
      await source.close();
    }
  }
  return runs;
}

async function sessionsWithIncidents(lab: GlobalOptions): Promise<ReadonlySet<string>> {
  const { incidents } = await readIncidents(lab, () => new Date());
  return new Set(
    incidents
      .filter(({ closed }) => closed?.finding !== "dismissed")
      .map(({ traits }) => traits.session),
  );
}

function text(one: Dossier): string {
  const { runs, steps, first, last, visibility } = one;
  const span =
    first === undefined || last === undefined ? "no dates" : `${day(first)} to ${day(last)}`;
  const seen = Object.entries(visibility).filter(([, count]) => count > 0);
  const right = "right" as const;
  const isNarrow = screenWidth() < 110;
  return [
    paint("bold", cleanLine(one.agent)),
    `${runs} ${runs === 1 ? "run" : "runs"}, ${steps} ${steps === 1 ? "action" : "actions"}, ${span}`,
    "",
    table(
      [
        { title: "Measure", width: isNarrow ? 17 : 40 },
        { title: "Share", align: right },
        { title: "95 %", align: right },
        { title: "Changes", width: isNarrow ? 11 : 40 },
        { title: "Last weeks", width: isNarrow ? 11 : 24 },
        { title: "Peers", width: isNarrow ? 11 : 24 },
      ],
      one.measures.map((record) => [
        record.title,
        share(record.overall),
        range(record.overall),
        changeText(record),
        comparisonText(record.againstPast),
        comparisonText(record.againstPeers),
      ]),
    ),
    "",
    wrapped(
      `Mostly ${one.categories.map(({ category, runs: count, incidents }) => `${category}: ${count} ${count === 1 ? "run" : "runs"}, incidents ${share(incidents)} ${range(incidents)}`).join("; ")}`,
    ),
    `Reasoning: ${seen.map(([kind, count]) => `${count} ${kind}`).join(", ") || "none on record"}`,
  ].join("\n");
}
